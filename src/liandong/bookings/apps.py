from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "liandong.bookings"
    label = "bookings"
