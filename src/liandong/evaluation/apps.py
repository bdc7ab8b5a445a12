from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "liandong.evaluation"
    label = "evaluation"
