from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "liandong.appointments"
    label = "appointments"
