from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "liandong.notices"
    label = "notices"

    def ready(self) -> None:
        from liandong.notices import notice_kinds  # noqa: F401 - registers its kinds
