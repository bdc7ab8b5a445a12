from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "liandong.recognition"
    label = "recognition"

    def ready(self) -> None:
        from liandong.recognition import notice_kinds  # noqa: F401 - registers its kinds
