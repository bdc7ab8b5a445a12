"""`liandong import roster FILE`: the same way in as the page, without a page."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.core.actors import COMMAND_LINE
from liandong.core.errors import Refused
from liandong.imports import ground, queries, results, services
from liandong.imports.models import ImportRun
from liandong.imports.places import home_body
from liandong.imports.specs import importer_of, kinds
from liandong.organizations.models import Organization, Territory


class Command(BaseCommand):
    help = "Take in an office file (xlsx, xls, csv). Rows that cannot go in are listed and written to a file beside; the exit status is 0 then too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=kinds())
        parser.add_argument("file", type=Path)
        parser.add_argument("--territory", default="", help="name of the place the file is brought for")
        parser.add_argument("--organization", default="", help="slug or name of the body the file is brought for")
        parser.add_argument("--rejects", type=Path, help="where to write the refused rows (default: NAME-退回.xlsx in the current folder)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(
        self,
        *,
        kind: str,
        file: Path,
        territory: str = "",
        organization: str = "",
        rejects: Path | None = None,
        dry_run: bool = False,
        **_options: Any,
    ) -> None:
        try:
            runs = self.read(kind, file, territory, organization)
        except Refused as refusal:
            raise CommandError(str(refusal.reason)) from refusal
        except FileNotFoundError as error:
            raise CommandError(_("There is no file %(file)s.") % {"file": file}) from error
        except OSError as error:
            raise CommandError(_("The file %(file)s cannot be opened: %(why)s") % {"file": file, "why": error.strerror}) from error
        for number, run in enumerate(runs):
            written = ""
            self.let_in(run, dry_run=dry_run)
            if run.refused and not dry_run:
                suffix = f"-{number + 1}" if number else ""
                target = (rejects if rejects and not number else None) or Path.cwd() / f"{file.stem}-退回{suffix}.xlsx"
                written = self.write_back(run, target)
            self.tell(run, dry_run=dry_run)
            if written:
                self.stdout.write(written)

    def read(self, kind: str, file: Path, territory: str, organization: str) -> list[ImportRun]:
        """The lists of the file, for a place and a body. What an empty database lacks is made, and said; nothing is made for a file that cannot be read."""
        self.made: list[str] = []
        with transaction.atomic(), file.open("rb") as source:
            lines = queries.title_lines(file)
            place, body = self.where(kind, file, lines, territory, organization)
            runs = services.upload(kind=kind, source=source, file_name=file.name, territory=place, organization=body, by=COMMAND_LINE)
            complete = [run for run in runs if services.is_complete(run)]
            if not complete:
                missing = "、".join(str(column.label) for column in importer_of(kind).needed())
                raise CommandError(_("No column was found for: %(columns)s. Name the columns as in the template.") % {"columns": missing})
        for line in self.made:
            self.stdout.write(line)
        return complete

    def where(self, kind: str, file: Path, lines: list[str], territory: str, organization: str) -> tuple[Territory, Organization | None]:
        importer = importer_of(kind)
        if organization and not importer.needs_organization:
            body = Organization.objects.filter(slug=organization).first() or Organization.objects.filter(name=organization).first()
            if body is None:
                raise Refused(_("There is no body “%(name)s”.") % {"name": organization})
            return body.territory, body
        place, made = ground.territory_for(file.name, lines, name=territory)
        if made:
            self.made.append(_("Created the place “%(name)s”.") % {"name": place.name})
        hub, made = ground.hub_for(place, lines)
        if made:
            self.made.append(_("Created the hub “%(name)s”.") % {"name": hub.name})
        if not importer.needs_organization:
            return place, None
        probe = importer(ImportRun(kind=kind, territory=place), dry=True)
        body, made = ground.employer_for(file.name, lines, place, probe, slug=organization)
        if made:
            self.made.append(_("Created the body “%(name)s”. Another one: --organization NAME") % {"name": body.name})
        return body.territory, body

    def let_in(self, run: ImportRun, *, dry_run: bool) -> None:
        if dry_run:
            services.check(run, by=COMMAND_LINE)
        else:
            services.check_skipped(run)
            services.start_commit(run, by=COMMAND_LINE)
            services.run_commit(run)
        run.refresh_from_db()

    def tell(self, run: ImportRun, *, dry_run: bool) -> None:
        importer = importer_of(run.kind)
        name = f"{run.file_name} · {run.sheet}" if run.sheet else run.file_name
        keeper = run.organization or home_body(run)
        title = _("%(file)s, %(kind)s, for %(place)s") % {"file": name, "kind": importer.label, "place": keeper or run.territory}
        self.stdout.write(title + (" " + _("(only checked)") if dry_run else ""))
        for label, count in queries.counts_of(run):
            self.stdout.write(f"  {label}: {count}")
        for label, count in queries.made_of(run):
            self.stdout.write(f"  {label}: {count}")
        for _level, label, groups in queries.reasons_of(run):
            self.stdout.write(f"  {label}:")
            for group in groups:
                rows = ", ".join(str(row) for row in group.rows) + ("…" if group.count > len(group.rows) else "")
                heading = f"{group.column}: " if group.column else ""
                where = ngettext("row %(rows)s", "rows %(rows)s", group.count) % {"rows": rows}
                self.stdout.write(f"    {group.count} × {heading}{group.text}  ({where})")

    def write_back(self, run: ImportRun, target: Path) -> str:
        try:
            with target.open("wb") as out:
                count = results.write_rows_back(run, out)
        except OSError as error:
            return _("The refused rows could not be written to %(file)s: %(why)s") % {"file": target, "why": error.strerror}
        return _("%(count)s refused rows, with the reasons: %(file)s") % {"count": count, "file": target}
