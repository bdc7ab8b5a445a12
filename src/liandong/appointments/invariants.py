"""What must hold for appointments, whoever wrote them and however."""

import datetime as dt
from typing import Any

from django.db.models import Q

from liandong.appointments.models import Appointment
from liandong.core import clock
from liandong.core.invariants import SHOWN, invariant, invariant_sql

invariant_sql(
    "INV12.alone",
    "No desk receives two people at the same time",
    """select code, other from (
         select code, starts_at, lag(code) over w as other,
                max(ends_at) over (partition by desk_id order by starts_at, id rows between unbounded preceding and 1 preceding) as until
         from appointments_appointment where state <> 'cancelled' window w as (partition by desk_id order by starts_at, id)
       ) ordered where starts_at < until""",
)


@invariant("INV12.forgotten", "What an appointment was about is gone when it is cancelled, and 91 days after")
def kept_too_long() -> list[Any]:
    old = Q(ends_at__lt=clock.now() - dt.timedelta(days=Appointment.ABOUT_DAYS + 1)) | Q(state=Appointment.State.CANCELLED)
    return list(Appointment.objects.filter(old).exclude(about="").values_list("code", flat=True)[: SHOWN + 1])


invariant_sql(
    "INV12.silent",
    "No message and no journal entry says what an appointment is about, and messages of quiet desks name no desk",
    """select n.id from notices_notice n where n.kind like 'appointment.%' and (n.values ? 'about' or (n.kind like '%\\_quiet' and n.values ? 'title'))
       union all select e.id from journal_entry e where e.verb like 'appointment.%' and (e.after ? 'about' or e.before ? 'about')""",
)
