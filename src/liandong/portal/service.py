"""Records and points on one page: every desk for what service is worth, with what waits there. Only doors that open for the reader."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.dossier import permissions as dossier
from liandong.dossier.models import DossierClaim, Transfer
from liandong.honours import permissions as honours
from liandong.honours.queries import awards, thanks
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere
from liandong.points import permissions as points
from liandong.points import queries as point_rows
from liandong.points.models import PointsRule
from liandong.portal.rows import number
from liandong.portal.workspaces import address
from liandong.recognition import permissions as recognition
from liandong.recognition import queries as record_rows
from liandong.recognition.models import Backfill, CertificateRequest, Outlier, RecordAppeal, ServiceClaim
from liandong.rewards import permissions as rewards
from liandong.rewards import queries as reward_rows

Waits = Callable[[Person], QuerySet[Any]]


@dataclass(frozen=True)
class Door:
    """A desk: its page, what it is for, whom it opens for, and the rows that wait there."""

    page: str
    title: Any
    note: Any
    icon: str
    opens: Callable[[Person], object]
    waits: Waits | None = None


@dataclass(frozen=True)
class Cell:
    title: Any
    note: Any
    href: str
    icon: str
    waiting: int | None


@dataclass(frozen=True)
class Group:
    title: Any
    cells: list[Cell]


def holds(right: str) -> Callable[[Person], bool]:
    return lambda person: holds_anywhere(person, right)


confirms, sees_figures, keeps_compacts = holds(Right.CONFIRM_SERVICE), holds(Right.SEE_FIGURES), holds(Right.SIGN_COMPACT)

GROUPS: list[tuple[Any, list[Door]]] = [
    (
        _("Hours"),
        [
            Door(
                "recognition:to_confirm",
                _("Hours to confirm"),
                _("within ten working days"),
                "clipboard-check",
                recognition.can_confirm_anything,
                record_rows.hours_to_confirm,
            ),
            Door(
                "recognition:claims",
                _("Claims of hours"),
                _("who forgot to check in"),
                "hand-stop",
                recognition.can_check_claims,
                lambda by: recognition.claims_to_check(by).filter(state=ServiceClaim.State.OPEN),
            ),
            Door(
                "recognition:backfills",
                _("Back-fill"),
                _("waits for a second person"),
                "user-check",
                confirms,
                lambda by: recognition.backfills_visible_to(by).filter(state=Backfill.State.WAITING),
            ),
            Door(
                "recognition:appeals",
                _("Said to be wrong"),
                _("answered within three working days"),
                "message",
                recognition.can_confirm_anything,
                lambda by: recognition.appeals_visible_to(by).filter(state=RecordAppeal.State.OPEN),
            ),
            Door(
                "recognition:outliers",
                _("Please look at these"),
                _("hours that look odd, and why"),
                "eye",
                confirms,
                lambda by: recognition.outliers_visible_to(by).filter(state=Outlier.State.OPEN),
            ),
        ],
    ),
    (
        _("Certificates"),
        [
            Door("recognition:issued", _("Certificates issued"), _("look up, print for all, end"), "certificate", confirms),
            Door(
                "recognition:certificate_requests",
                _("Seals and revocations"),
                _("a second person decides"),
                "gavel",
                confirms,
                lambda by: recognition.requests_visible_to(by).filter(state=CertificateRequest.State.OPEN),
            ),
            Door("recognition:seals", _("Registered seals"), _("never drawn by the system"), "shield-check", recognition.can_register_anything),
            Door("recognition:keys", _("Signing keys"), _("what makes a certificate checkable"), "lock", recognition.can_keep_keys),
        ],
    ),
    (
        _("Points"),
        [
            Door("points:ledger", _("Books of the ledger"), _("every figure opens"), "coins", points.can_see_ledger),
            Door(
                "points:pools",
                _("Caring pools"),
                _("points for those in need"),
                "heart-handshake",
                keeps_compacts,
                point_rows.grants_waiting,
            ),
            Door("points:between", _("Between bodies"), _("who owes whom, settled each month"), "repeat", sees_figures),
            Door(
                "points:rules",
                _("Points rules"),
                _("by version and place"),
                "adjustments",
                holds(Right.APPROVE_PROJECTS),
                lambda by: PointsRule.objects.filter(approved_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ],
    ),
    (
        _("Rewards"),
        [
            Door("rewards:take_in", _("Take a voucher in"), _("scan or type its code"), "scan", rewards.can_take_in_anywhere),
            Door("rewards:taken", _("Vouchers taken"), _("by state, with what went back"), "ticket", rewards.can_offer_anywhere),
            Door("rewards:desk", _("Our offers"), _("stock, price, who may decide"), "gift", rewards.can_offer_anywhere, reward_rows.waiting_for),
            Door("rewards:board", _("Are the points covered?"), _("promises and shelf, ten years forward"), "chart-line", rewards.can_see_board),
        ],
    ),
    (
        _("Honours"),
        [
            Door("honours:awards", _("Awards"), _("open, in notice, granted"), "award", confirms),
            Door("honours:nominations", _("Nominations"), _("with evidence, step by step"), "flag", confirms, awards.to_endorse),
            Door(
                "honours:thanks_desk",
                _("Thanks to read"),
                _("passed on without a name"),
                "heart",
                confirms,
                thanks.to_read,
            ),
            Door("honours:register", _("Register of honours"), _("all that was granted, and what was taken back"), "archive", honours.keeps_anywhere),
            Door("honours:rules", _("Star rule sets"), _("rule sets by place"), "star", honours.keeps_anywhere),
            Door("honours:pressure", _("Free will"), _("anonymous, five answers or more"), "shield", honours.can_see_pressure),
        ],
    ),
    (
        _("Dossiers"),
        [
            Door("dossier:people", _("Dossiers"), _("service, training, honours, evaluation"), "id", dossier.can_see_people),
            Door(
                "dossier:claims",
                _("Training and honours to check"),
                _("with proof"),
                "school",
                confirms,
                lambda by: dossier.claims_to_check(by).filter(state=DossierClaim.State.OPEN),
            ),
            Door("dossier:evaluations", _("Evaluations due"), _("within ten working days"), "pencil", confirms),
            Door(
                "dossier:transfers",
                _("Moving people"),
                _("the record stays whole"),
                "users",
                holds(Right.MANAGE_PEOPLE),
                lambda by: dossier.transfers_visible_to(by).filter(state=Transfer.State.OPEN),
            ),
            Door("dossier:exchange", _("Exchange files"), _("check, dry run, take in"), "file-import", dossier.can_exchange),
            Door(
                "dossier:report", pgettext_lazy("on recording", "Yearly report"), _("on recording and certifying"), "report-analytics", sees_figures
            ),
        ],
    ),
]


def groups_of(person: Person) -> list[Group]:
    """The desks that open for the person; all numbers come in one query."""
    doors = [(title, [door for door in doors if door.opens(person)]) for title, doors in GROUPS]
    waiting = {door.page.replace(":", "__"): number(door.waits(person)) for _title, group in doors for door in group if door.waits is not None}
    counts = Person.objects.filter(pk=person.pk).annotate(**waiting).values(*waiting).get() if waiting else {}
    return [
        Group(
            title,
            [Cell(door.title, door.note, address(door.page), door.icon, counts.get(door.page.replace(":", "__"))) for door in group],
        )
        for title, group in doors
        if group
    ]


def opens_for(person: Person) -> bool:
    """Somebody who works for a body or a hub and finds at least one desk here."""
    return any(door.opens(person) for _title, doors in GROUPS for door in doors)
