from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "liandong.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from liandong.evaluation import notice_kinds, reactions  # noqa: F401 - register kinds and reactions
