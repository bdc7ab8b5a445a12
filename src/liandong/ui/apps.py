from django.apps import AppConfig

from liandong.ui import bundle


class UiConfig(AppConfig):
    name = "liandong.ui"
    label = "ui"

    def ready(self) -> None:
        bundle.refresh()
