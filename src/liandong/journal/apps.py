from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "liandong.journal"
    label = "journal"
