"""How far an attendance can be believed: weak proofs add up, contradictions take away. Pure: evidence in, percent and words out; docs/attendance.md gives the reasons.

Each proof closes a share of the doubt that the others leave (1 - (1-a)(1-b)...): so no proof decides alone, none is counted double, and nothing ever reaches 100.
Each contradiction then leaves a share of what was reached. A missing proof takes nothing away.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

STRONG, FAIR = 70, 45  # percent: from here on strong, from here on fair, below weak

CAME = {"venue_code": 0.65, "ticket": 0.60, "offline": 0.55, "kiosk": 0.45, "list": 0.30}
LEFT = {"venue_code": 0.40, "ticket": 0.40, "offline": 0.35, "kiosk": 0.30, "list": 0.10}
FILE = 0.40  # an offline scan that came in by a file instead of from the phone itself
NEAR, NEAR_M = 0.25, 1000  # two map grids differ by some 500 m, and a phone indoors by some hundred
OTHERS_FEW, OTHERS_MANY, MANY = 0.10, 0.20, 3
LEADER = 0.10
LOOKED = 0.50

ELSEWHERE, SHARED_PHONE, AT_ONCE, TICKED_TOGETHER, NOT_SEEN, CORRECTED, BY_HAND, OWN_HAND = 0.4, 0.4, 0.2, 0.8, 0.2, 0.85, 0.6, 0.6
SHARED_BY, TOGETHER_BY, AT_ONCE_SECONDS = 2, 4, 60  # others on the same phone; others ticked in the same second; in and out within


@dataclass(frozen=True, kw_only=True)
class Proofs:
    """What is known about one attendance. Everything but the way of coming may be missing."""

    came_by: str
    left_by: str = ""
    is_from_file: bool = False
    distance_m: int | None = None
    others_seen: int = 0  # others there at that time who were scanned, not ticked
    is_leader_there: bool = False
    times_seen: int = 0
    times_not_seen: int = 0
    elsewhere: int = 0
    others_on_phone: int = 0
    ticked_with: int = 0
    stayed_seconds: int | None = None
    is_corrected: bool = False
    is_by_hand: bool = False  # the time was told, not measured
    is_own_hand: bool = False  # who runs the activity ticked or scanned themselves


@dataclass(frozen=True)
class Part:
    """One proof (`share` of the remaining doubt it closes) or one contradiction (`is_against`: `share` of the confidence it leaves)."""

    kind: str
    share: float
    is_against: bool = False
    n: int = 0

    @property
    def words(self) -> str:
        if self.kind in _COUNTED:
            return str(_COUNTED[self.kind] % {"n": self.n})
        return str(_WORDS[self.kind])

    @property
    def sign(self) -> str:
        return "−" if self.is_against else "+"


@dataclass(frozen=True)
class Evidence:
    """The stated confidence in percent and what it is made of, proofs first."""

    confidence: int
    parts: tuple[Part, ...]

    @property
    def level(self) -> str:
        return "strong" if self.confidence >= STRONG else "fair" if self.confidence >= FAIR else "weak"

    @property
    def tone(self) -> str:
        return {"strong": "success", "fair": "neutral", "weak": "warn"}[self.level]

    @property
    def against(self) -> tuple[Part, ...]:
        """The contradictions: somebody has to look."""
        return tuple(part for part in self.parts if part.is_against)

    @property
    def label(self) -> str:
        return (_("only %(n)s %% sure") if self.level == "weak" else _("%(n)s %% sure")) % {"n": self.confidence}

    @property
    def level_words(self) -> str:
        return {"strong": _("Well proved"), "fair": _("Fairly proved"), "weak": _("Weakly proved")}[self.level]

    @property
    def words(self) -> str:
        return _(", ").join(part.words for part in self.parts)


def weigh(proofs: Proofs) -> Evidence:
    """The confidence in one attendance."""
    parts = (*_for(proofs), *_against(proofs))
    doubt, kept = 1.0, 1.0
    for part in parts:
        if part.is_against:
            kept *= part.share
        else:
            doubt *= 1 - part.share
    return Evidence(min(round((1 - doubt) * kept * 100), 99), parts)


def _for(proofs: Proofs) -> list[Part]:
    came = FILE if proofs.is_from_file else CAME.get(proofs.came_by, 0)
    left = LEFT.get(proofs.left_by, 0)
    parts = [Part("from_file" if proofs.is_from_file else f"came_{proofs.came_by}", came)] if came else []
    parts += [Part(f"left_{proofs.left_by}", left)] if left else []
    if proofs.times_seen:
        parts.append(Part("seen", LOOKED, n=proofs.times_seen))
    if proofs.distance_m is not None and proofs.distance_m <= NEAR_M:
        parts.append(Part("near", NEAR, n=proofs.distance_m))
    if proofs.others_seen:
        parts.append(Part("others", OTHERS_MANY if proofs.others_seen >= MANY else OTHERS_FEW, n=proofs.others_seen))
    if proofs.is_leader_there:
        parts.append(Part("leader", LEADER))
    return parts


def _against(proofs: Proofs) -> list[Part]:
    found = [
        ("elsewhere", ELSEWHERE, proofs.elsewhere, proofs.elsewhere > 0),
        ("shared_phone", SHARED_PHONE, proofs.others_on_phone, proofs.others_on_phone >= SHARED_BY),
        ("at_once", AT_ONCE, 0, proofs.stayed_seconds is not None and proofs.stayed_seconds < AT_ONCE_SECONDS),
        ("together", TICKED_TOGETHER, proofs.ticked_with, proofs.ticked_with >= TOGETHER_BY),
        ("not_seen", NOT_SEEN, proofs.times_not_seen, proofs.times_not_seen > 0),
        ("own_hand", OWN_HAND, 0, proofs.is_own_hand),
        ("by_hand", BY_HAND, 0, proofs.is_by_hand),
        ("corrected", CORRECTED, 0, proofs.is_corrected),
    ]
    return [Part(kind, share, is_against=True, n=n) for kind, share, n, is_so in found if is_so]


_WORDS = {
    "came_venue_code": gettext_lazy("scanned the changing code at the door"),
    "came_ticket": gettext_lazy("the leader scanned the person's code"),
    "came_offline": gettext_lazy("the leader scanned the person's code without network"),
    "came_kiosk": gettext_lazy("typed a code at the tablet"),
    "came_list": gettext_lazy("ticked on the list"),
    "from_file": gettext_lazy("scanned without network, brought in by file"),
    "left_venue_code": gettext_lazy("checked out at the door as well"),
    "left_ticket": gettext_lazy("scanned on leaving as well"),
    "left_offline": gettext_lazy("scanned on leaving as well"),
    "left_kiosk": gettext_lazy("checked out at the tablet as well"),
    "left_list": gettext_lazy("ticked on leaving as well"),
    "leader": gettext_lazy("the leader was there"),
    "at_once": gettext_lazy("came and left within a minute"),
    "own_hand": gettext_lazy("checked in by themselves as the leader"),
    "by_hand": gettext_lazy("the time was given by hand"),
    "corrected": gettext_lazy("the times were changed afterwards"),
}


_COUNTED = {
    "seen": ngettext_lazy("seen there on a spot check", "seen there on %(n)s spot checks", "n"),
    "near": ngettext_lazy("said to be %(n)s metre from the place", "said to be %(n)s metres from the place", "n"),
    "others": ngettext_lazy("%(n)s other person was scanned at that time", "%(n)s other people were scanned at that time", "n"),
    "elsewhere": ngettext_lazy("was somewhere else at the same time", "was in %(n)s other places at the same time", "n"),
    "shared_phone": ngettext_lazy(
        "%(n)s other person used the same phone within two minutes", "%(n)s other people used the same phone within two minutes", "n"
    ),
    "together": ngettext_lazy("%(n)s other person was ticked in the same second", "%(n)s other people were ticked in the same second", "n"),
    "not_seen": ngettext_lazy("not found on a spot check", "not found on %(n)s spot checks", "n"),
}
