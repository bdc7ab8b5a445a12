from django.apps import AppConfig


class OverlapConfig(AppConfig):
    name = "liandong.overlap"
    label = "overlap"

    def ready(self) -> None:
        from liandong.overlap import notice_kinds, reactions  # noqa: F401
