from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "liandong.appointments"
    label = "appointments"

    def ready(self) -> None:
        from liandong.appointments import notice_kinds  # noqa: F401 - they register themselves
