from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "liandong.activities"
    label = "activities"

    def ready(self) -> None:
        from liandong.activities import notice_kinds, reactions  # noqa: F401
