"""Everything written about activities. Locks are taken in one order: activity, shifts by id, then people by id; so no two verbs wait for each other in a ring."""

from liandong.activities.services.barring import Barred, young_words
from liandong.activities.services.coming import (
    Ticked,
    check_in,
    check_out,
    close_shift,
    confirm_attendance,
    correct_attendance,
    mark_absent,
    remind_shift,
    tick,
    walk_in,
)
from liandong.activities.services.drawing import give_places
from liandong.activities.services.ground import CLOSES, OPENS, SHUTS, PositionPlan, ShiftPlan, place_of
from liandong.activities.services.proving import answer_spot_check, come_at_kiosk, give_place, kiosk_works, open_kiosk, revoke_kiosk
from liandong.activities.services.rooms import room_of
from liandong.activities.services.scanning import SentScan, receive_scan, settle_scan
from liandong.activities.services.setting_up import (
    cancel_activity,
    create_activity,
    edit_activity,
    field_labels,
    finish_activity,
    missing_words,
    plans_of,
    publish_activity,
    refresh,
    repeat_weekly,
)
from liandong.activities.services.signing_up import cancel_sign_up, sign_up
from liandong.activities.services.suspending import lift_suspension, suspend

__all__ = [
    "CLOSES",
    "OPENS",
    "SHUTS",
    "Barred",
    "PositionPlan",
    "SentScan",
    "ShiftPlan",
    "Ticked",
    "answer_spot_check",
    "cancel_activity",
    "cancel_sign_up",
    "check_in",
    "check_out",
    "close_shift",
    "come_at_kiosk",
    "confirm_attendance",
    "correct_attendance",
    "create_activity",
    "edit_activity",
    "field_labels",
    "finish_activity",
    "give_place",
    "give_places",
    "kiosk_works",
    "lift_suspension",
    "mark_absent",
    "missing_words",
    "open_kiosk",
    "place_of",
    "plans_of",
    "publish_activity",
    "receive_scan",
    "refresh",
    "remind_shift",
    "repeat_weekly",
    "revoke_kiosk",
    "room_of",
    "settle_scan",
    "sign_up",
    "suspend",
    "tick",
    "walk_in",
    "young_words",
]
