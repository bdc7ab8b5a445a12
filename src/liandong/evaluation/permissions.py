"""Who may rate. Results are for everybody who may see the activity, from five answers on."""

from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Attendance, Position, SignUp
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.evaluation.models import RatingInvitation

Actor = Person | System
ASKED_KINDS = (Position.Kind.PARTICIPANT, Position.Kind.VOLUNTEER)


def can_rate(by: Actor, invitation: RatingInvitation) -> Decision:
    """Only the person who was there answers."""
    if isinstance(by, Person) and by.pk == invitation.sign_up.person_id:
        return ALLOWED
    return deny(_("Only the person who took part can answer."))


def is_asked(sign_up: SignUp) -> bool:
    """Volunteers and participants who came and left are asked; staff is not."""
    return sign_up.position.kind in ASKED_KINDS and Attendance.objects.filter(sign_up=sign_up, out_at__isnull=False).exists()
