from django.urls import path

from liandong.venues import views

app_name = "venues"
urlpatterns = [
    path("", views.venue_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.venue, name="venue"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/hours/", views.opening_hours, name="hours"),
    path("<int:pk>/days/", views.add_day, name="add_day"),
    path("<int:pk>/days/<int:day>/forget/", views.forget_day, name="forget_day"),
]
