from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "liandong.portal"
    label = "portal"
