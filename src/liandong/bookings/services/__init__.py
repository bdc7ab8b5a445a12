"""Everything written about bookings. One lock per venue, taken first (`ground.lock_rooms`); then the booking."""

from liandong.bookings.services.booking import answer, book, cancel, check_in, confirm_presence, keep_for_activity, lapse, move, release
from liandong.bookings.services.ground import OPENS, Rules, SeriesTaken, Taken
from liandong.bookings.services.keeping import InTheWay, close, new_feed, set_limit
from liandong.bookings.services.series import answer_series, book_series, cancel_following, dates_of, move_following
from liandong.bookings.services.waiting import stop_waiting, take, tell_waiting, wait

__all__ = [
    "OPENS",
    "InTheWay",
    "Rules",
    "SeriesTaken",
    "Taken",
    "answer",
    "answer_series",
    "book",
    "book_series",
    "cancel",
    "cancel_following",
    "check_in",
    "close",
    "confirm_presence",
    "dates_of",
    "keep_for_activity",
    "lapse",
    "move",
    "move_following",
    "new_feed",
    "release",
    "set_limit",
    "stop_waiting",
    "take",
    "tell_waiting",
    "wait",
]
