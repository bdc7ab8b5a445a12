"""How long the lists and the console take when a whole district has worked for a year, and how many queries each asks.

Builds the district (31,000 volunteers, 496 teams, 180,000 hours) once under var/bench, then asks every page in this process, warm, as the
persona it is for. The anchor is a page that asks nothing of the database (`/ui/`, rendered by the same templates and middleware).
Prints per page: median milliseconds of nine, the ratio to the anchor, queries, kB gzipped. Exit status 1 when a page needs more than 200 ms or 25 queries.
"""

import gzip
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LIANDONG_HOME", str(ROOT / "var" / "bench"))
os.environ["LIANDONG_DEMO"] = "1"
os.environ["LIANDONG_POOL"] = "0"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")

LIMIT_MS, LIMIT_QUERIES = 200, 25
PAGES = [  # who, which page, its query string
    ("hub", "portal:hub", ""),
    ("hub", "portal:hub", "?period=year"),
    ("hub", "needs:inbox", ""),
    ("hub", "needs:inbox", "?q=老人"),
    ("hub", "themes:board", ""),
    ("hub", "themes:board", "?q=挂号"),
    ("hub", "themes:loose", ""),
    ("hub", "surveys:desk", ""),
    ("hub", "visits:list", ""),
    ("hub", "visits:plan", ""),
    ("hub", "overlap:list", ""),
    ("hub", "projects:list", ""),
    ("hub", "projects:list", "?q=课堂"),
    ("hub", "activities:desk", ""),
    ("hub", "organizations:list", ""),
    ("hub", "volunteers:list", ""),
    ("hub", "volunteers:list", "?q=wang"),
    ("hub", "volunteers:teams", ""),
    ("hub", "venues:list", ""),
    ("hub", "recognition:to_confirm", ""),
    ("hub", "imports:list", ""),
    ("hub", "insight:index", ""),
    ("hub", "matching:packages", ""),
    ("hub", "matching:resources", ""),
    ("hub", "matching:rosters", ""),
    ("hub", "matching:rotas", ""),
    ("hub", "matching:draws", ""),
    ("hub", "portal:search", "?q=王"),
    ("community", "portal:workbench", ""),
    ("enterprise", "portal:workbench", ""),
    ("agency", "portal:workbench", ""),
    ("enterprise", "organizations:people", ""),
    ("volunteer", "portal:home", ""),
    ("volunteer", "portal:me", ""),
    ("volunteer", "needs:list", ""),
    ("volunteer", "needs:list", "?q=手机"),
    ("volunteer", "needs:wishes", ""),
    ("volunteer", "surveys:list", ""),
    ("volunteer", "needs:mine", ""),
    ("volunteer", "activities:list", ""),
    ("volunteer", "activities:mine", ""),
    ("volunteer", "recognition:my_records", ""),
    ("volunteer", "points:mine", ""),
    ("volunteer", "notices:inbox", ""),
    ("volunteer", "matching:for_me", ""),
    ("hub", "matching:find_people", ""),
    ("hub", "matching:find_people", "?any=1"),
    ("resident", "stations:nearest", ""),
    ("resident", "stations:nearest", "?at=39.912,116.448"),
    ("resident", "venues:spaces", ""),
    ("resident", "appointments:list", ""),
    ("hub", "stations:board", ""),
    ("hub", "stations:usage", ""),
    ("hub", "bookings:calendar", ""),
    ("hub", "bookings:list", ""),
    ("hub", "bookings:use", ""),
    ("hub", "appointments:desks", ""),
    ("hub", "portal:service", ""),
    ("agency", "portal:service", ""),
    ("hub", "recognition:claims", ""),
    ("hub", "recognition:backfills", ""),
    ("hub", "recognition:outliers", ""),
    ("hub", "recognition:shares", ""),
    ("hub", "recognition:issued", ""),
    ("hub", "points:ledger", ""),
    ("hub", "points:between", ""),
    ("hub", "points:pools", ""),
    ("hub", "rewards:board", ""),
    ("hub", "rewards:desk", ""),
    ("hub", "honours:awards", ""),
    ("hub", "honours:register", ""),
    ("hub", "dossier:people", ""),
    ("hub", "dossier:people", "?q=王"),
    ("hub", "dossier:evaluations", ""),
    ("hub", "dossier:report", ""),
    ("volunteer", "rewards:list", ""),
    ("volunteer", "rewards:mine", ""),
    ("volunteer", "honours:mine", ""),
    ("volunteer", "honours:wall", ""),
    ("volunteer", "dossier:mine", ""),
]
OF_A_BODY = {"portal:workbench", "organizations:people"}
OF_A_POSITION = {"matching:find_people"}


def main() -> int:
    from liandong.config import database
    from liandong.config.cli import database_ready

    with database_ready():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        from liandong.accounts.models import Person

        if not Person.objects.exists():
            started = time.monotonic()
            call_command("demo", size="district")
            print(f"district built in {time.monotonic() - started:.0f} s in {database.home()}")
        return measure()


def measure() -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from liandong.demo.queries import personas
    from liandong.matching.queries.suggestions import free_places
    from liandong.organizations.permissions import grants_of

    people = {persona.key: persona for persona in personas()}
    clients = {}
    for key, persona in people.items():
        clients[key] = Client(headers={"host": "localhost"})
        clients[key].force_login(persona.account)
    slugs = {key: next((g.organization.slug for g in grants_of(p.person) if g.organization), "") for key, p in people.items()}

    to_fill = free_places().values_list("pk", flat=True).last()

    def ask(key: str, path: str) -> tuple[float, bytes, int]:
        started = time.perf_counter()
        response = clients[key].get(path, follow=False)
        body = b"".join(response) if response.streaming else response.content
        return (time.perf_counter() - started) * 1000, body, response.status_code

    def median(key: str, path: str) -> tuple[float, bytes, int]:
        for _ in range(2):
            ask(key, path)
        runs = [ask(key, path) for _ in range(9)]
        return statistics.median(ms for ms, _, _ in runs), runs[-1][1], runs[-1][2]

    anchor = median("volunteer", reverse("ui:gallery"))[0]
    print(f"anchor ui:gallery {anchor:.0f} ms\n{'page':44}{'as':12}{'ms':>6}{'x anchor':>10}{'queries':>9}{'kB gz':>7}")
    failed = False
    for key, name, words in PAGES:
        args = [slugs[key]] if name in OF_A_BODY else [to_fill] if name in OF_A_POSITION else []
        path = reverse(name, args=args) + words
        ms, body, status = median(key, path)
        with CaptureQueriesContext(connection) as queries:
            ask(key, path)
        wrong = status != 200 or ms > LIMIT_MS or len(queries) > LIMIT_QUERIES
        failed |= wrong
        print(
            f"{path:44}{key:12}{ms:6.0f}{ms / anchor:10.2f}{len(queries):9}{len(gzip.compress(body)) / 1000:7.1f}{'  <-- ' + str(status) if wrong else ''}"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
