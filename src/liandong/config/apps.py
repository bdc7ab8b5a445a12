from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "liandong.config"
    label = "config"
