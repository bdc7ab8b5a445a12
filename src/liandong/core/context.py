"""The id of the request or job at hand, so that journal entries of one act can be found together."""

import logging
import secrets
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    return _request_id.get()


def start_request() -> str:
    value = secrets.token_hex(6).upper()
    _request_id.set(value)
    return value


class RequestFilter(logging.Filter):
    """Puts the id that error pages show into every line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() or "-"
        return True
