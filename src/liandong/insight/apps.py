from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "liandong.insight"
    label = "insight"
