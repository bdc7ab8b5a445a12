from django.urls import path

from liandong.evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("rate/<str:code>/", views.rate, name="rate"),
    path("activities/<str:code>/", views.activity, name="activity"),
]
