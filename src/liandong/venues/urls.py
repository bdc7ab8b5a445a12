from django.urls import path

from liandong.venues import views

app_name = "venues"
urlpatterns = [
    path("", views.venue_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.venue, name="venue"),
    path("<int:pk>/edit/", views.edit, name="edit"),
]
