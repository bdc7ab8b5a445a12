"""Vouchers when two entries of one person become one: they follow by their key. Said here is when that cannot be right."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from liandong.accounts.joining import hindrance
from liandong.accounts.models import Person
from liandong.rewards.models import Redemption


@hindrance
def took_in_the_others_voucher(person: Person, into: Person) -> Iterator[str]:
    two = [person.pk, into.pk]
    if Redemption.objects.filter(person__in=two, used_by__in=two).exists():
        yield _("One of the two entries took in a voucher of the other. Look into it before you join them.")
