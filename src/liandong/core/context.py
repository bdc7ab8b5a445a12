"""The id of the request or job at hand, so that journal entries of one act can be found together."""

import secrets
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    return _request_id.get()


def start_request() -> str:
    value = secrets.token_hex(6).upper()
    _request_id.set(value)
    return value
