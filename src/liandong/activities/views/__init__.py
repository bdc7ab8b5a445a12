"""Pages of activities: for everybody (public), for one's own place (places), at the door (door), the leader's scanner (scanner), the tablet (kiosk), for those who run them (desk)."""

from liandong.activities.views.desk import cancel, check, desk_list, edit, finish, manage, new, poster, publish, repeat, share, spot_check
from liandong.activities.views.door import arrived, correct, door, door_code, evidence, give_place, sign_up_for, tick
from liandong.activities.views.kiosk import kiosk, kiosks, revoke_kiosk
from liandong.activities.views.places import cancel_sign_up, code_image, mine, sign_up, sign_up_done, ticket
from liandong.activities.views.public import activity, activity_list, calendar
from liandong.activities.views.scanner import import_scans, leave_doubles, receive_scans, scan, scan_worker, scans, settle, take_list
from liandong.activities.views.suspending import lift, suspensions

__all__ = [
    "activity",
    "activity_list",
    "arrived",
    "calendar",
    "cancel",
    "cancel_sign_up",
    "check",
    "code_image",
    "correct",
    "desk_list",
    "door",
    "door_code",
    "edit",
    "evidence",
    "finish",
    "give_place",
    "import_scans",
    "kiosk",
    "kiosks",
    "leave_doubles",
    "lift",
    "manage",
    "mine",
    "new",
    "poster",
    "publish",
    "receive_scans",
    "repeat",
    "revoke_kiosk",
    "scan",
    "scan_worker",
    "scans",
    "settle",
    "share",
    "sign_up",
    "sign_up_done",
    "sign_up_for",
    "spot_check",
    "suspensions",
    "take_list",
    "tick",
    "ticket",
]  # fmt: skip
