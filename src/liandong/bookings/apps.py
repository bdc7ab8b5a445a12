from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "liandong.bookings"
    label = "bookings"

    def ready(self) -> None:
        from liandong.bookings import notice_kinds  # noqa: F401 - they register themselves
