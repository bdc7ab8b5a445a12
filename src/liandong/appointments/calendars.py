"""The calendar file of an appointment. Calendars are read over shoulders: a quiet desk is not named in one."""

from django.utils.translation import gettext as _

from liandong.appointments.models import Appointment
from liandong.core import clock, icalendar
from liandong.core.icalendar import text, utc


def file_of(row: Appointment, *, url: str) -> bytes:
    desk = row.desk
    title = _("Appointment") if desk.is_quiet else desk.title
    place = "" if desk.is_quiet else " ".join(part for part in (desk.venue.name, desk.venue.address, desk.spot) if part)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{row.code}@liandong",
        f"SEQUENCE:{int(not row.is_open)}",
        f"DTSTAMP:{utc(clock.now())}",
        f"DTSTART:{utc(row.starts_at)}",
        f"DTEND:{utc(row.ends_at)}",
        f"SUMMARY:{text(title)}",
        f"LOCATION:{text(place)}",
        f"DESCRIPTION:{text(_('Number %(n)s') % {'n': row.number})}",
        f"URL:{url}",
        f"STATUS:{'CANCELLED' if row.state == Appointment.State.CANCELLED else 'CONFIRMED'}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{text(title)}",
        "TRIGGER:-PT2H",
        "END:VALARM",
        "END:VEVENT",
    ]
    return icalendar.file_of("Appointments", lines)
