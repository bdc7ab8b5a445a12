from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "liandong.visits"
    label = "visits"

    def ready(self) -> None:
        from liandong.visits import notice_kinds  # noqa: F401 - they register themselves
