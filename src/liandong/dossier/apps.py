from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "liandong.dossier"
    label = "dossier"
