from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "liandong.demo"
    label = "demo"
