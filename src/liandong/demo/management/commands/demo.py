"""`liandong demo`: fill an empty database with the demo town."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liandong.demo.build import NotEmpty, build
from liandong.demo.sizes import SIZES


class Command(BaseCommand):
    help = "Fill an empty database with the demo town."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default="street")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, size: str, seed: int | None, **options: Any) -> None:
        started = time.monotonic()
        try:
            build(size, seed=2026 if seed is None else seed, say=self.stdout.write)
        except NotEmpty:
            raise CommandError("the database is not empty: the demo town is only built into an empty one.") from None
        self.stdout.write(f"demo town ({size}) ready in {time.monotonic() - started:.1f} s")
