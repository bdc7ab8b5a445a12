"""liandong keys: list them, or put a new one in use."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liandong.core.actors import COMMAND_LINE
from liandong.core.errors import Refused
from liandong.recognition import queries, services


class Command(BaseCommand):
    help = "The keys that certificates are signed with; old ones keep verifying."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", metavar="REASON", help="put a new key in use now")

    def handle(self, *args: Any, rotate: str | None = None, **options: Any) -> None:
        if rotate is not None:
            try:
                services.approve_key(services.propose_key(reason=rotate, by=COMMAND_LINE), by=COMMAND_LINE)
            except Refused as refusal:
                raise CommandError(str(refusal.reason)) from refusal
        every = queries.keys()
        for key in every:
            until = f"until {key.until_at:%Y-%m-%d}" if key.state == "active" and key.until_at else ""
            self.stdout.write(f"{key}  {key.state:9} {key.from_at:%Y-%m-%d} {until} {key.public_key}" if key.from_at else f"{key}  {key.state}")
