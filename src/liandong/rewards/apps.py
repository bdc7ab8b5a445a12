from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "liandong.rewards"
    label = "rewards"
