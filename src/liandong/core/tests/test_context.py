"""The number on an error page leads to a line of the log."""

import logging

from liandong.core.context import RequestFilter, start_request


def test_a_line_of_the_log_carries_the_number_of_its_request():
    number = start_request()
    line = logging.LogRecord("liandong", logging.ERROR, __file__, 1, "broken", None, None)
    assert RequestFilter().filter(line)
    assert line.request_id == number
