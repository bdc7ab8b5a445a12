from django.urls import path

from liandong.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("template/<str:kind>/", views.template, name="template"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("<int:pk>/file/", views.result_file, name="result_file"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
