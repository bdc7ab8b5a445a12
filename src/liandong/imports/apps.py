from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "liandong.imports"
    label = "imports"
