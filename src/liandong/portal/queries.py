"""Where somebody starts."""

from django.urls import reverse

from liandong.accounts.models import Person
from liandong.portal.workspaces import workspaces_of


def first_page_of(person: Person) -> str:
    """The hub's console or the own workbench for those who work here, one's own page for everybody else."""
    return next((space.href for space in workspaces_of(person) if space.href), "") or reverse("portal:me")
