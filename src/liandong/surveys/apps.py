from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "liandong.surveys"
    label = "surveys"
