from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "liandong.rewards"
    label = "rewards"

    def ready(self) -> None:
        from liandong.rewards import notice_kinds  # noqa: F401 - they register themselves
