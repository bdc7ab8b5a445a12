from django.apps import AppConfig


class OverlapConfig(AppConfig):
    name = "liandong.overlap"
    label = "overlap"
