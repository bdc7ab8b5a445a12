"""Pages of activities: for everybody (public), for one's own place (places), at the door (door), for those who run them (desk)."""

from liandong.activities.views.desk import cancel, check, desk_list, edit, finish, manage, new, poster, publish, repeat, share
from liandong.activities.views.door import arrived, correct, door, door_code, scan, sign_up_for, tick
from liandong.activities.views.places import cancel_sign_up, mine, sign_up, sign_up_done, ticket
from liandong.activities.views.public import activity, activity_list, calendar

__all__ = [
    "activity", "activity_list", "arrived", "calendar", "cancel", "cancel_sign_up", "check", "correct", "desk_list", "door", "door_code", "edit", "finish", "manage", "mine",
    "new", "poster", "publish", "repeat", "scan", "share", "sign_up", "sign_up_done", "sign_up_for", "tick", "ticket",
]  # fmt: skip
