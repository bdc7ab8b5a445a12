from liandong.needs.tests.conftest import town  # noqa: F401 - fixture
