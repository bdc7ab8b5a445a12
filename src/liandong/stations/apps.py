from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "liandong.stations"
    label = "stations"

    def ready(self) -> None:
        from liandong.stations import notice_kinds  # noqa: F401 - they register themselves
