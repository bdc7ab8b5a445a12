from django.urls import path

from liandong.venues import views
from liandong.venues.views import rooms

app_name = "venues"
urlpatterns = [
    path("", views.venue_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.venue, name="venue"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/hours/", views.opening_hours, name="hours"),
    path("<int:pk>/days/", views.add_day, name="add_day"),
    path("<int:pk>/days/<int:day>/forget/", views.forget_day, name="forget_day"),
    path("spaces/", rooms.spaces, name="spaces"),
    path("<int:pk>/space/", rooms.space, name="space"),
    path("<int:pk>/rooms/new/", rooms.room_new, name="room_new"),
    path("rooms/<int:pk>/", rooms.room, name="room"),
    path("rooms/<int:pk>/edit/", rooms.room_edit, name="room_edit"),
    path("photos/<int:pk>/", rooms.photo, name="photo"),
    path("photos/<int:pk>/remove/", rooms.photo_remove, name="photo_remove"),
]
