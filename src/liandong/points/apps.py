from django.apps import AppConfig


class PointsConfig(AppConfig):
    name = "liandong.points"
    label = "points"

    def ready(self) -> None:
        from liandong.points import notice_kinds, reactions  # noqa: F401 - they register themselves
