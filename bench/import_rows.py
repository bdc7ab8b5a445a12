"""How long 30,000 rows of a roster take to come in, and how much memory.

A made-up roster with the usual oddities (seven ways to write a date, skills, teams, communities, every fiftieth person twice) goes in through the command's own verbs, into an
empty database of its own, and a second time, when it must change nothing. The anchor is reading the same file with calamine and doing nothing with it.
Prints seconds, rows a second, the ratio to the anchor and the peak memory beyond an idle process. Exit status 1 above 60 seconds or 300 MB.
"""

import os
import resource
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench-import"
os.environ["LIANDONG_HOME"] = str(HOME)
os.environ["LIANDONG_POOL"] = "0"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")

ROWS = int(os.environ.get("ROWS", "30000"))
LIMIT_SECONDS, LIMIT_MB = 60, 300


def peak_mb() -> float:
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / unit


def main() -> int:
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    from liandong.config.cli import database_ready

    try:
        with database_ready():
            return measure()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


def measure() -> int:
    import django

    django.setup()
    import python_calamine
    from django.core.management import call_command

    from liandong.core import invariants

    call_command("migrate", verbosity=0)
    file = make_roster(HOME / "roster.xlsx")
    idle = peak_mb()

    began = time.perf_counter()
    python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    anchor = time.perf_counter() - began
    print(f"{'anchor: calamine alone':28} {anchor:6.2f} s   1.0 x")

    worst = 0.0
    for label in ("first time", "again, changes nothing"):
        run, seconds = bring(file)
        worst = max(worst, seconds)
        counts = f"taken {run.taken}, joined {run.joined}, unchanged {run.unchanged}, refused {run.refused}"
        print(f"{label:28} {seconds:6.2f} s   {seconds / anchor:5.1f} x   {ROWS / seconds:6,.0f} rows/s   {counts}")
    memory = peak_mb() - idle
    print(f"{'peak memory beyond idle':28} {memory:6.0f} MB")
    broken = invariants.broken()
    print(f"{'invariants':28} {'hold' if not broken else ', '.join(broken)}")
    return int(worst > LIMIT_SECONDS or memory > LIMIT_MB or bool(broken))


def make_roster(file: Path) -> Path:
    from liandong.imports.tests import lists

    people = lists.people(ROWS - ROWS // 50)
    return lists.roster(file, lists.roster_rows([*people, *people[::49][: ROWS // 50]]))


def bring(file: Path) -> tuple:
    from liandong.core.actors import COMMAND_LINE
    from liandong.imports import ground, services

    place, _made = ground.territory_for(file.name, ["示例地区志愿者花名册"])
    ground.hub_for(place, [])
    began = time.perf_counter()
    with file.open("rb") as source:
        run = services.upload(kind="roster", source=source, file_name=file.name, territory=place, by=COMMAND_LINE)[0]
    services.check_skipped(run)
    services.start_commit(run, by=COMMAND_LINE)
    services.run_commit(run)
    seconds = time.perf_counter() - began
    run.refresh_from_db()
    return run, seconds


if __name__ == "__main__":
    sys.exit(main())
