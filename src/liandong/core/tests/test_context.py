"""The number on an error page leads to a line of the log."""

import logging

from liandong.core.context import RequestFilter, start_request
from liandong.core.middleware import server_error


def test_a_line_of_the_log_carries_the_number_of_its_request():
    number = start_request()
    line = logging.LogRecord("liandong", logging.ERROR, __file__, 1, "broken", None, None)
    assert RequestFilter().filter(line)
    assert line.request_id == number


def test_the_page_of_our_own_fault_says_the_number_that_the_log_has(rf):
    number = start_request()
    answer = server_error(rf.get("/"))
    assert (answer.status_code, number in answer.content.decode()) == (500, True)
