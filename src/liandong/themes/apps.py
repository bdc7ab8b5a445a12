from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "liandong.themes"
    label = "themes"
