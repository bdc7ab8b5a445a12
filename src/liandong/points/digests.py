"""The file of a month's transfers, its digest, and what a check of the ledger finds.

A file is plain text: four lines of head, the third naming the digest of the month before, then a line for each transfer. The digest is SHA-256 of the whole
file, so `sha256sum FILE` is enough to compare it with the page where digests are published. Accounts stand there by number; words only as a digest.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from liandong.core import clock
from liandong.points.models import PointsAccount, PointsDigest

HEAD = "liandong-ledger 1"
_LINE = re.compile(r"[0-9a-f-]{36}\|[0-9TZ:.+-]+\|[a-z_]+\|[^|]+\|[0-9-]*\|[0-9a-f]*\|(\d+:-?\d+(,\d+:-?\d+)*)?")

_SQL = """
select t.id || '|' || to_char(t.made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '|' || t.kind || '|' || t.made_by || '|'
    || coalesce(t.on_date::text, '') || '|' || case when t.words = '' then '' else left(encode(sha256(convert_to(t.words, 'UTF8')), 'hex'), 16) end || '|'
    || coalesce((select string_agg(e.account_id || ':' || e.amount, ',' order by e.account_id) from points_pointsentry e where e.transfer_id = t.id), '')
from points_pointstransfer t where t.made_at >= %s and t.made_at < %s order by t.made_at, t.id
"""


def lines_of(month: dt.date, *, previous: str) -> Iterator[str]:
    """The file of a month, line by line, each with its end."""
    start = clock.day_bounds(month)[0]
    end = clock.day_bounds(clock.next_month(month))[0]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [start, end])
        rows = [row[0] for row in cursor.fetchall()]
    yield f"{HEAD}\nmonth {month:%Y-%m}\nprevious {previous or '-'}\ntransfers {len(rows)}\n"
    for row in rows:
        yield row + "\n"


def digest_of(month: dt.date, *, previous: str) -> tuple[str, int]:
    """(SHA-256 of the file, number of transfers in it)."""
    digest, count = hashlib.sha256(), -1
    for line in lines_of(month, previous=previous):
        digest.update(line.encode())
        count += 1
    return digest.hexdigest(), count


@dataclass(frozen=True)
class FileCheck:
    month: str
    previous: str
    digest: str
    transfers: int
    faults: list[str]


def check_file(text: bytes) -> FileCheck:
    """What a file says, and its digest; no database is needed. Faults: lines that are none, transfers that do not sum to zero."""
    lines = text.decode("utf-8", "replace").splitlines()
    head = [line.partition(" ")[2] for line in lines[1:4]] if lines[:1] == [HEAD] and len(lines) >= 4 else ["", "", "0"]
    faults = [] if lines[:1] == [HEAD] else [f"The first line is not “{HEAD}”."]
    for number, line in enumerate(lines[4:], start=5):
        if not _LINE.fullmatch(line):
            faults.append(f"Line {number} is not a transfer.")
        elif sum(int(part.partition(":")[2]) for part in line.rpartition("|")[2].split(",") if part):
            faults.append(f"Line {number}: transfer {line[:36]} does not sum to zero.")
    if head[2] != str(max(len(lines) - 4, 0)):
        faults.append(f"The head counts {head[2]} transfers, the file has {max(len(lines) - 4, 0)}.")
    return FileCheck(head[0], head[1], hashlib.sha256(text).hexdigest(), max(len(lines) - 4, 0), faults)


def first_difference(text: bytes) -> str:
    """The first line of a file that the ledger does not have so, with what it has; "" when all is equal."""
    checked = check_file(text)
    if not re.fullmatch(r"\d{4}-\d{2}", checked.month):
        return "This is no file of the ledger."
    month = dt.date.fromisoformat(f"{checked.month}-01")
    here = "".join(lines_of(month, previous="" if checked.previous == "-" else checked.previous)).splitlines()
    there = text.decode("utf-8", "replace").splitlines()
    for number in range(max(len(here), len(there))):
        ours, theirs = here[number] if number < len(here) else "(nothing)", there[number] if number < len(there) else "(nothing)"
        if ours != theirs:
            return f"Line {number + 1}: the file says {theirs} ; the ledger says {ours}"
    return ""


def faults() -> Iterator[str]:
    """What does not fit in the ledger, worst first: the first entry changed by hand, transfers that do not sum to zero, balances that are not the sum of
    their entries, months whose published digest no longer fits. Reads the whole log."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select e.id, e.transfer_id, e.account_id, e.amount from points_pointsentry e
            where e.digest <> points_entry_digest(e.transfer_id, e.account_id, e.amount) order by e.id limit 20"""
        )
        for entry, transfer, account, amount in cursor.fetchall():
            yield f"Entry {entry} of transfer {transfer}, account {account}: {amount} is not what was written."
        cursor.execute("select transfer_id, sum(amount) from points_pointsentry group by 1 having sum(amount) <> 0 order by min(id) limit 20")
        for transfer, total in cursor.fetchall():
            yield f"Transfer {transfer} sums to {total}, not to zero."
    for account, stored, counted in differences()[1][:20]:
        yield f"Account {account}: the balance says {stored}, its entries {counted}."
    previous = ""
    for row in PointsDigest.objects.order_by("month_on"):
        digest, count = digest_of(row.month_on, previous=previous)
        if digest != row.digest or previous != row.previous:
            yield f"Month {row.month_on:%Y-%m}: published were {row.transfer_count} transfers, {row.digest[:16]}…; now {count}, {digest[:16]}…"
        previous = row.digest


def differences() -> tuple[int, list[tuple[int, int, int]]]:
    """Recompute every balance from the log: (accounts, those that differ as (account, stored, counted))."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select a.id, a.balance, coalesce(e.total, 0) from points_pointsaccount a
            left join (select account_id, sum(amount) as total from points_pointsentry group by account_id) e on e.account_id = a.id
            where a.balance <> coalesce(e.total, 0) order by a.id"""
        )
        return PointsAccount.objects.count(), cursor.fetchall()
