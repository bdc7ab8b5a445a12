from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "liandong.needs"
    label = "needs"

    def ready(self) -> None:
        from liandong.needs import import_specs, notice_kinds  # noqa: F401 - they register themselves
