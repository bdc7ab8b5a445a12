"""Asks every promise about the whole database and lists the rows that break one. Status 1 when any is broken."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liandong.core.invariants import SHOWN, all_invariants


class Command(BaseCommand):
    help = "Verify that no hour, point, seat or journal entry is lost, doubled or negative."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for promise in all_invariants():
            rows = promise.find()
            if not rows:
                self.stdout.write(f"ok      {promise.key}  {promise.promise}")
                continue
            failed += 1
            self.stdout.write(f"BROKEN  {promise.key}  {promise.promise}")
            for row in rows[:SHOWN]:
                self.stdout.write(f"          {row}")
            if len(rows) > SHOWN:
                self.stdout.write("          …")
        if failed:
            raise CommandError(f"{failed} of {len(all_invariants())} promises are broken.", returncode=1)
        self.stdout.write("All promises hold.")
