from liandong.needs.tests.conftest import town  # noqa: F401 - fixture
from tests.support.chinese import all_chinese  # noqa: F401 - a fixture
