from django.urls import path

from liandong.activities import views

app_name = "activities"
urlpatterns = [
    path("ticket/<str:code>/", views.ticket, name="ticket"),
    path("<str:code>/manage/", views.ticket, name="manage"),
]
