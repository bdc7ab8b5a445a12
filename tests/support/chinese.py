"""For the conftest of an app whose tests all read the words of refusals in Chinese; a single test asks for `chinese`."""

import pytest


@pytest.fixture(autouse=True)
def all_chinese(chinese: None) -> None:
    """The words of every test here are Chinese."""
