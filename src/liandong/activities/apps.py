from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "liandong.activities"
    label = "activities"
