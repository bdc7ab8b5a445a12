"""`liandong dossier export` and `liandong dossier import`: the same verbs as the pages, without a page."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from liandong.core.actors import COMMAND_LINE
from liandong.core.errors import Refused
from liandong.dossier.exchange.problems import place_of, sentence
from liandong.dossier.models import ExchangeRun
from liandong.dossier.services import exchange
from liandong.organizations.models import Organization


class Command(BaseCommand):
    help = "Dossiers as exchange files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["export", "import"])
        parser.add_argument("file")
        parser.add_argument("--organization", required=True)
        parser.add_argument("--purpose", default="")
        parser.add_argument("--full", action="store_true")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--language", default="zh-hans")

    def handle(self, *_words: Any, **options: Any) -> None:
        organization = Organization.objects.select_related("territory").filter(name=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no body called {options['organization']}.")
        try:
            with translation.override(options["language"]):
                if options["step"] == "export":
                    self.export(organization, Path(options["file"]), purpose=options["purpose"], full=options["full"])
                else:
                    self.take(organization, Path(options["file"]), dry=options["dry_run"])
        except Refused as refused:
            raise CommandError(str(refused.reason)) from refused

    def export(self, organization: Organization, path: Path, *, purpose: str, full: bool) -> None:
        run = exchange.run_export(exchange.ask_export(organization, purpose=purpose, full=full, by=COMMAND_LINE))
        with run.file.open("rb") as made, path.open("wb") as target:
            shutil.copyfileobj(made, target)
        self.stdout.write(f"{run.people_total} people, {'full' if full else 'masked'}: {path} (sha256 {run.digest})")

    def take(self, organization: Organization, path: Path, *, dry: bool) -> None:
        run = exchange.bring(organization, content=path.read_bytes(), file_name=path.name, consent=True, by=COMMAND_LINE)
        run = exchange.run_check(run)
        if not dry and not run.counts.get("is_broken"):
            run = exchange.run_take_in(exchange.take_in(run, by=COMMAND_LINE))
        self.tell(run, dry=dry)
        if run.counts.get("is_broken"):
            raise CommandError("Nothing of this file was taken in.")

    def tell(self, run: ExchangeRun, *, dry: bool) -> None:
        for row in run.problems.order_by("id"):
            self.stdout.write(f"{place_of(row.file, row.line)}\t{row.field or '-'}\t{sentence(row.code, row.values)}")
        counts = ", ".join(f"{key} {value}" for key, value in run.counts.items() if key != "is_broken")
        self.stdout.write(("Dry run, nothing was written: " if dry else "Taken in: ") + counts)
