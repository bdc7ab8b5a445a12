from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "liandong.needs"
    label = "needs"
