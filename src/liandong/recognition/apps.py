from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "liandong.recognition"
    label = "recognition"
