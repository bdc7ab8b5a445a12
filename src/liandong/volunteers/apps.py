from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "liandong.volunteers"
    label = "volunteers"
