from django.urls import path

from liandong.insight import views

app_name = "insight"

urlpatterns = [
    path("", views.index, name="index"),
    path("report/", views.report, name="report"),
    path("report.xlsx", views.report_file, name="report_file"),
    path("<slug:key>/", views.figure, name="figure"),
    path("<slug:key>/export/", views.export, name="export"),
]
