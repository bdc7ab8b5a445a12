from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "liandong.stations"
    label = "stations"
