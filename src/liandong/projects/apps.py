from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "liandong.projects"
    label = "projects"
