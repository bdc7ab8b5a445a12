from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "liandong.themes"
    label = "themes"

    def ready(self) -> None:
        from liandong.themes import notice_kinds  # noqa: F401 - they register themselves
