"""Certificates: a thousand PDFs, and the page that checks one among ten million records.

python bench/certificates.py                 # both; exit 1 where a promise is missed
python bench/certificates.py --rows 100000   # fewer rows, for a quick look
"""

import argparse
import functools
import os
import resource
import shutil
import statistics
import sys
import time
from pathlib import Path
from random import Random

HOME = Path(__file__).resolve().parent.parent / "var" / "bench-certificates"
os.environ["LIANDONG_HOME"] = str(HOME)
os.environ["LIANDONG_POOL"] = "0"
os.environ["LIANDONG_PLAIN_STATIC"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")
print = functools.partial(print, flush=True)  # noqa: A001 - long runs are watched
READ_HERE = {"recognition_record_person", "recognition_certificate_person", "recognition_certificate_ended"}
PDFS, LIMIT_SECONDS, LIMIT_MS = 1000, 30, 50


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=10_000_000, help="service records (default 10,000,000; about 10 GB of disk while it runs)")
    options.add_argument("--pdfs", type=int, default=PDFS)
    options.add_argument("--keep", action="store_true", help="keep the database; the next run with --keep --pdfs 0 begins at once")
    given = options.parse_args()
    if not given.keep:
        shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    from liandong.config.cli import database_ready

    try:
        with database_ready():
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            seconds = whole_body(given.pdfs) if given.pdfs else 0
            slowest = verify_page(given.rows)
            return int(seconds > LIMIT_SECONDS * given.pdfs / PDFS or slowest > LIMIT_MS)
    finally:
        if not given.keep:
            shutil.rmtree(HOME, ignore_errors=True)


def whole_body(people: int) -> float:
    """Everybody of one body: issued, signed, set as PDF/A, bundled, as the job does it."""
    from liandong.core.actors import DEMO
    from liandong.recognition.services import batches
    from liandong.recognition.tests import factories as make

    host = make.organization("测试社工所")
    shifts = [make.shift(host=host) for _ in range(3)]
    started = time.perf_counter()
    for _ in range(people):
        person = make.person()
        make.record(person, of=shifts[0], by=DEMO)
    print(f"{people} volunteers with one record each, through the verbs: {time.perf_counter() - started:.0f} s (not counted)")
    batch = batches.start_batch(host, by=DEMO)
    started, cpu = time.perf_counter(), time.process_time()
    batches.run_batch(batch)
    seconds = time.perf_counter() - started
    batch.refresh_from_db()
    size = batches.file_of(batch).stat().st_size / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{batch.done} certificates issued, signed, printed and bundled: {seconds:.1f} s ({time.process_time() - cpu:.1f} s of processor), "
        f"{size:.0f} MB, memory {memory:.0f} MB, limit {LIMIT_SECONDS * people / PDFS:.0f} s{'' if seconds <= LIMIT_SECONDS * people / PDFS else '  <-- missed'}"
    )
    anchor(10)
    return seconds


def anchor(pages: int) -> None:
    """The same page as a plain call of typst sets it, fonts read each time."""
    import typst

    from liandong.core.paper import _fonts, _inputs
    from liandong.recognition import paper
    from liandong.recognition.models import Certificate

    data = paper.data_of(Certificate.objects.first(), language="zh-hans")
    started = time.perf_counter()
    for _ in range(pages):
        typst.compile(str(paper.TEMPLATE), font_paths=_fonts(), ignore_system_fonts=True, format="pdf", sys_inputs=_inputs(data))
    plain = (time.perf_counter() - started) / pages
    started = time.perf_counter()
    for number in range(pages):
        paper.render(data | {"title": f"{data['title']}{number}"}, at=Certificate.objects.first().issued_at)
    print(f"one page: {1000 * (time.perf_counter() - started) / pages:.0f} ms; anchor, typst.compile alone without PDF/A: {1000 * plain:.0f} ms")


def verify_page(rows: int) -> float:
    """Rows are multiplied inside the database, from one real record and one real certificate; keys to shifts and the like are not followed there."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from liandong.recognition import paper, services
    from liandong.recognition.models import Certificate

    certificates = rows // 10
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0; set lock_timeout = 0; set synchronous_commit = off; set maintenance_work_mem = '512MB'")
        cursor.execute("delete from recognition_certificateshare")
        for table in ("recognition_certificateline", "recognition_certificate", "recognition_servicerecord"):
            cursor.execute("select conname from pg_constraint where conrelid = %s::regclass and contype = 'f'", [table])
            for (name,) in cursor.fetchall():  # no triggers, no keys to elsewhere: these rows are only there to be in the way
                cursor.execute(f"alter table {table} drop constraint {name}")
            cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(f"delete from {table} where id < 0")
        for table, columns in (("recognition_servicerecord", {"number": "'B' || lpad(to_hex(n), 9, '0')", "sign_up_id": "-n", "transfer_id": "gen_random_uuid()", "corrects_id": "case when n % 200 = 0 then -(n - 1) end", "reason": "case when n % 200 = 0 then 'x' else '' end", "person_id": "-(n / 10)", "id": "-n"}),
                               ("recognition_certificate", {"code": "translate(lpad(to_hex(n), 12, '0'), '0123456789abcdef', '23456789ABCDEFGH')", "id": "-n", "state": "case when n % 50 = 0 then 'superseded' else 'valid' end"})):  # fmt: skip
            number = rows if table.endswith("record") else certificates
            cursor.execute("select indexdef, indexname from pg_indexes where tablename = %s and indexname not like '%%pkey'", [table])
            indexes = cursor.fetchall()
            cursor.execute("select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'u'", [table])
            unique = cursor.fetchall()
            for name, _definition in unique:
                cursor.execute(f"alter table {table} drop constraint {name} cascade")
            for _definition, name in indexes:
                if name not in {each for each, _ in unique}:
                    cursor.execute(f"drop index {name}")
            cursor.execute("select column_name from information_schema.columns where table_name = %s order by ordinal_position", [table])
            names = [row[0] for row in cursor.fetchall()]
            picked = ", ".join(f"{columns.get(name, 't.' + name)}" for name in names)
            cursor.execute(
                f"insert into {table} ({', '.join(names)}) select {picked} from (select * from {table} order by id desc limit 1) t, generate_series(1, {number}) n"
            )
            for name, definition in unique:
                cursor.execute(f"alter table {table} add constraint {name} {definition}")
            for definition, name in indexes:  # those of other pages cost minutes to build and nothing to have
                if name in READ_HERE:
                    cursor.execute(definition)
        cursor.execute(
            f"insert into recognition_certificateline (id, certificate_id, record_id) select -n, -((n + 9) / 10), -n from generate_series(1, {rows}) n"
        )
        cursor.execute("analyze recognition_servicerecord; analyze recognition_certificate; analyze recognition_certificateline")
        cursor.execute("select count(*) from recognition_servicerecord")
        there = cursor.fetchone()[0]
    print(f"{there:,} records, {certificates:,} certificates, {rows:,} lines laid in the way: {time.perf_counter() - started:.0f} s (not counted)")
    picked = Random(1).sample(range(1, certificates), 50)  # cold ones, from anywhere in the table
    sample = list(Certificate.objects.filter(pk__in=[-number for number in picked if number % 50]).select_related("person", "issuer"))
    shares = [services.share_certificate(each, shows="list", shows_name=True, days=7, by=each.person) for each in sample[:20]]
    client = Client(headers={"host": "localhost"})

    def measure(what: str, paths: list[str]) -> float:
        client.get(paths[0])
        times = []
        for path in paths:
            begun = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        with CaptureQueriesContext(connection) as queries:
            client.get(paths[0])
        times.sort()
        p95 = times[int(len(times) * 0.95) - 1]
        print(
            f"{what}: median {statistics.median(times):.1f} ms, 95 % below {p95:.1f} ms, {len(queries)} queries, limit {LIMIT_MS} ms{'' if p95 <= LIMIT_MS else '  <-- missed'}"
        )
        return p95

    typed = measure("number typed", [paper.verify_path(each.code) for each in sample])
    scanned = measure("QR code scanned", [paper.verify_url(each).removeprefix("http://localhost:8000") for each in sample])
    listed = measure("link with every service", [paper.share_path(each) for each in shares])
    begun = time.perf_counter()
    answer = client.get(f"/recognition/issuers/{sample[0].issuer.slug}/status/0/")
    print(f"corrections list: {(time.perf_counter() - begun) * 1000:.0f} ms, {len(answer.content):,} bytes")
    return max(typed, scanned, listed)


if __name__ == "__main__":
    sys.exit(main())
