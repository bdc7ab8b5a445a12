from django.urls import path

from liandong.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("display/", views.display, name="display"),
    path("language/", views.language, name="language"),
]
