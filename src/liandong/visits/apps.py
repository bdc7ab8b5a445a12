from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "liandong.visits"
    label = "visits"
