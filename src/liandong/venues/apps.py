from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "liandong.venues"
    label = "venues"
