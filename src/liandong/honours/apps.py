from django.apps import AppConfig


class HonoursConfig(AppConfig):
    name = "liandong.honours"
    label = "honours"
