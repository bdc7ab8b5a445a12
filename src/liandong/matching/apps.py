from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "liandong.matching"
    label = "matching"

    def ready(self) -> None:
        from liandong.matching import notice_kinds, reactions  # noqa: F401
