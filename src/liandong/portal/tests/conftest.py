from liandong.insight.tests.conftest import demo_town

__all__ = ["demo_town"]
