from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "liandong.notices"
    label = "notices"
