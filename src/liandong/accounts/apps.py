from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "liandong.accounts"
    label = "accounts"
