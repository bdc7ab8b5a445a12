from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "liandong.imports"
    label = "imports"

    def ready(self) -> None:
        from liandong.imports import notice_kinds  # noqa: F401 - registers its kinds
