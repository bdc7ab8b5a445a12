import pytest
from django.utils import translation

from liandong.needs.tests.conftest import town  # noqa: F401 - fixture


@pytest.fixture(autouse=True)
def chinese():
    """Words of refusals are read in Chinese."""
    with translation.override("zh-hans"):
        yield
