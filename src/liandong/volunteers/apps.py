from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "liandong.volunteers"
    label = "volunteers"

    def ready(self) -> None:
        from liandong.volunteers import import_specs  # noqa: F401 - registers its importers
