"""`liandong manage first_manager`: who runs a new installation. They sign in with a code to their phone and grant every other role on the pages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from liandong.accounts import services as accounts
from liandong.core.actors import COMMAND_LINE
from liandong.core.errors import Refused
from liandong.organizations import services
from liandong.organizations.models import Role, Territory


class Command(BaseCommand):
    help = "Make somebody hub manager of a place; the place is made when it does not exist. Done twice, it is done once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="their name, as they will write it when they first sign in")
        parser.add_argument("--phone", required=True, help="their mobile number")
        parser.add_argument("--place", required=True, help="the name of the street or district")
        parser.add_argument("--level", choices=Territory.Level.values, default=Territory.Level.STREET)

    @transaction.atomic
    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            place = Territory.objects.filter(name=options["place"], to_date__isnull=True).order_by("path").first() or services.create_territory(
                name=options["place"], level=options["level"], parent=None, by=COMMAND_LINE
            )
            person = accounts.register_person(name=options["name"], phone=options["phone"], by=COMMAND_LINE)
            services.grant_role(person, role=Role.HUB_MANAGER, territory=place, by=COMMAND_LINE)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{options['name']} manages {place.name}. Sign in with the phone and this name.")
