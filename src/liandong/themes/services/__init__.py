"""Verbs on themes."""

from liandong.themes.services.decisions import (
    lock_theme,
    merge_theme,
    move_needs,
    propose_halves,
    rename_theme,
    split_theme,
    undo_step,
    unlock_theme,
)
from liandong.themes.services.keeping import keep_package, keep_populations, review_package
from liandong.themes.services.placing import place_need
from liandong.themes.services.running import ask_for_run, run_now, work_on_run

__all__ = [
    "ask_for_run",
    "keep_package",
    "keep_populations",
    "lock_theme",
    "merge_theme",
    "move_needs",
    "place_need",
    "propose_halves",
    "rename_theme",
    "review_package",
    "run_now",
    "split_theme",
    "undo_step",
    "unlock_theme",
    "work_on_run",
]
