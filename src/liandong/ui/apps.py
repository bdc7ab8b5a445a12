from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "liandong.ui"
    label = "ui"
