from django.apps import AppConfig


class HonoursConfig(AppConfig):
    name = "liandong.honours"
    label = "honours"

    def ready(self) -> None:
        from liandong.honours import notice_kinds  # noqa: F401 - registers its kinds
