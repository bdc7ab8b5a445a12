"""Verbs on desks and appointments."""

from liandong.appointments.services.booking import book, cancel_appointment, end_past, forget_words, remind
from liandong.appointments.services.desks import add_hours, create_desk, edit_desk, forget_day, remove_hours, set_day, set_receivers
from liandong.appointments.services.receiving import add_walk_in, call_next, step

__all__ = [
    "add_hours",
    "add_walk_in",
    "book",
    "call_next",
    "cancel_appointment",
    "create_desk",
    "edit_desk",
    "end_past",
    "forget_day",
    "forget_words",
    "remind",
    "remove_hours",
    "set_day",
    "set_receivers",
    "step",
]
