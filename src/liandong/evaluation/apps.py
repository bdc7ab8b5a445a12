from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "liandong.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from liandong.evaluation import notice_kinds, queries, reactions  # noqa: F401 - register kinds and reactions
        from liandong.recognition.services import hold_ratings

        hold_ratings(queries.rating_counts)  # a crowd that nobody rated is looked at
