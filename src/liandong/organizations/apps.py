from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "liandong.organizations"
    label = "organizations"

    def ready(self) -> None:
        from liandong.core import workdays
        from liandong.organizations import notice_kinds  # noqa: F401 - registers its kinds
        from liandong.organizations.calendar import entered_days

        workdays.hold_source(entered_days)
