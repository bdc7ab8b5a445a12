from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "liandong.matching"
    label = "matching"
