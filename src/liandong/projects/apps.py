from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "liandong.projects"
    label = "projects"

    def ready(self) -> None:
        from liandong.projects import notice_kinds  # noqa: F401 - registers its kinds
