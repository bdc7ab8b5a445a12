"""Everybody's stars recomputed from the records, and whether they equal what was granted. `python bench/stars.py [--people 31000] [--records 20]`.

Plants so many volunteers with records that count into a database of its own (remove its folder, var/bench-stars, before another run); notes their stars; recomputes all and compares; withdraws some records and does it again.
Exit status 1 above 60 s or when anything differs.
"""

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LIANDONG_HOME", str(ROOT / "var" / "bench-stars"))
os.environ["LIANDONG_POOL"] = "0"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")
LIMIT_SECONDS = 60

PLANT = """
insert into accounts_person (number, name, pinyin, initials, sex, phone, email, id_number_sealed, id_kind, id_rule)
select 'S' || n, '测试' || n, 'ceshi', 'cs', '', '', '', '', 'resident', '' from generate_series(1, %(people)s) n;
insert into volunteers_volunteerprofile (person_id, state, political_status, availability, availability_note, intro, brought_minutes, brought_source, registered_on)
select id, 'active', '', '[]', '', '', case when id %% 7 = 0 then (id %% 90) * 60 else 0 end, '', current_date from accounts_person where number like 'S%%';
"""


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=31_000)
    asked.add_argument("--records", type=int, default=20)
    options = asked.parse_args()
    from liandong.config.cli import database_ready

    with database_ready():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from liandong.core.actors import COMMAND_LINE
        from liandong.honours.models import StarGrant
        from liandong.honours.queries import astray
        from liandong.honours.services.stars import note_stars

        with connection.cursor() as cursor:
            loosen(cursor)
            cursor.execute(PLANT, {"people": options.people})
            cursor.execute(planting(cursor), {"records": options.records})
            planted = cursor.rowcount
            cursor.execute("analyze")
        begun = time.perf_counter()
        granted, _fell = note_stars(tell=False, by=COMMAND_LINE)
        noting = time.perf_counter() - begun
        begun = time.perf_counter()
        differ = astray()
        recomputing = time.perf_counter() - begun
        print(
            f"{options.people} volunteers, {planted} records: {granted} stars noted in {noting:.1f} s, recomputed in {recomputing:.1f} s, {len(differ)} differ"
        )
        with connection.cursor() as cursor:
            cursor.execute("update recognition_servicerecord set minutes = 0 where id % 5 = 0")
        astray_before = len(astray())
        begun = time.perf_counter()
        note_stars(tell=False, by=COMMAND_LINE)
        again, left = time.perf_counter() - begun, astray()
        fell = StarGrant.objects.filter(withdraws__isnull=False).count()
        print(f"a fifth of the records withdrawn: {astray_before} stars fell due, {fell} taken back in {again:.1f} s, {len(left)} differ")
        return int(bool(differ or left) or fell != astray_before or max(noting, recomputing, again) > LIMIT_SECONDS)


def loosen(cursor: object) -> None:
    """In this database alone, which is for measuring: records without what they point to, and no trigger."""
    cursor.execute(  # type: ignore[attr-defined]
        "select conname from pg_constraint where conrelid = 'recognition_servicerecord'::regclass and contype in ('f', 'c')"
    )
    for (name,) in cursor.fetchall():  # type: ignore[attr-defined]
        cursor.execute(f'alter table recognition_servicerecord drop constraint "{name}"')  # type: ignore[attr-defined]
    cursor.execute("alter table recognition_servicerecord disable trigger user")  # type: ignore[attr-defined]


def planting(cursor: object) -> str:
    """Records with every column that has no default, whichever those are: numbers 0, words empty, moments now."""
    given = {
        "sign_up_id": "p.id * 1000 + n",
        "number": "'B' || p.id || '-' || n",
        "person_id": "p.id",
        "minutes": "((p.id * 37 + n * 113) % 480 + 60) * (p.id % 13 + 1) / 4",
        "service_date": "current_date - (n * 3)::int",
    }
    cursor.execute(  # type: ignore[attr-defined]
        """select column_name, data_type from information_schema.columns
           where table_name = 'recognition_servicerecord' and is_nullable = 'NO' and column_default is null and is_identity = 'NO'"""
    )
    empty = {
        "bigint": "0",
        "integer": "0",
        "boolean": "false",
        "uuid": "gen_random_uuid()",
        "jsonb": "'[]'",
        "date": "current_date",
        "timestamp with time zone": "now()",
    }
    for name, kind in cursor.fetchall():  # type: ignore[attr-defined]
        given.setdefault(name, empty.get(kind, "''"))
    columns, values = ", ".join(given), ", ".join(value.replace("%", "%%") for value in given.values())
    return f"insert into recognition_servicerecord ({columns}) select {values} from accounts_person p, generate_series(1, %(records)s) n where p.number like 'S%%'"


if __name__ == "__main__":
    sys.exit(main())
