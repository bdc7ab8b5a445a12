"""Look at the books: whether they are as they were written, balances from the log again, the file of a month beside its published digest."""

import datetime as dt
import re
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liandong.points import digests
from liandong.points.models import PointsDigest


class Command(BaseCommand):
    help = "Verify the points ledger (names the first row that was changed), recompute balances from the log, or compare the file of a month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "recompute", "digest", "file"])
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--month", default="", help="YYYY-MM, for `file`: write the file of this month there")

    def handle(self, *args: Any, what: str, file: Path | None = None, month: str = "", **options: Any) -> None:
        {"verify": self.verify, "recompute": self.recompute, "digest": self.digest, "file": self.write}[what](file, month)

    def verify(self, file: Path | None, month: str) -> None:
        """Everything; with a file that was kept: the first line that is not so any more."""
        if file is not None:
            if difference := digests.first_difference(file.read_bytes()):
                raise CommandError(difference)
            self.stdout.write("The ledger is as the file says.")
            return
        found = list(digests.faults())
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults in the points ledger; the first: {found[0]}")
        self.stdout.write(f"The points ledger is as it was written; {PointsDigest.objects.count()} published months fit.")

    def recompute(self, file: Path | None, month: str) -> None:
        begun = time.perf_counter()
        accounts, wrong = digests.differences()
        self.stdout.write(f"{accounts} balances counted from the log in {time.perf_counter() - begun:.1f} s, {len(wrong)} differ.")
        for account, stored, counted in wrong:
            self.stderr.write(f"Account {account}: the balance says {stored}, its entries {counted}.")
        if wrong:
            raise CommandError(f"Account {wrong[0][0]} is the first whose balance is not the sum of its entries.")

    def digest(self, file: Path | None, month: str) -> None:
        """The digest of a file, beside what was published."""
        if file is None:
            for row in PointsDigest.objects.order_by("month_on"):
                self.stdout.write(f"{row.month_on:%Y-%m}  {row.digest}  {row.transfer_count}")
            return
        checked = digests.check_file(file.read_bytes())
        self.stdout.write(f"{checked.month}  {checked.digest}  {checked.transfers}")
        for fault in checked.faults[:20]:
            self.stderr.write(fault)
        published = PointsDigest.objects.filter(month_on=_month(checked.month)).first() if re.fullmatch(r"\d{4}-\d{2}", checked.month) else None
        if checked.faults:
            raise CommandError(checked.faults[0])
        if published is None:
            raise CommandError(f"Nothing was published for {checked.month or 'this file'}.")
        if published.digest != checked.digest:
            raise CommandError(f"Published was {published.digest}: this is not the same file.")
        self.stdout.write("This is what was published.")

    def write(self, file: Path | None, month: str) -> None:
        row = PointsDigest.objects.filter(month_on=_month(month)).first() if re.fullmatch(r"\d{4}-\d{2}", month) else None
        if file is None or row is None:
            raise CommandError("Say a file and --month YYYY-MM of a month that was published.")
        file.write_text("".join(digests.lines_of(row.month_on, previous=row.previous)), encoding="utf-8")
        self.stdout.write(f"{file}: {row.transfer_count} transfers, {row.digest}")


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise CommandError(f"{text} is no month.") from error
