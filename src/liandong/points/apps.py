from django.apps import AppConfig


class PointsConfig(AppConfig):
    name = "liandong.points"
    label = "points"
