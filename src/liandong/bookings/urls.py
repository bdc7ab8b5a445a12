from django.urls import path

from liandong.bookings.views import booking, calendar, keeping, lists, waiting

app_name = "bookings"
urlpatterns = [
    path("", lists.index, name="list"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("new/", booking.new, name="new"),
    path("use/", keeping.used, name="use"),
    path("calendars/", lists.feeds, name="feeds"),
    path("calendars/room/<int:pk>/", lists.new_room_feed, name="new_room_feed"),
    path("calendars/body/<slug:slug>/", lists.new_body_feed, name="new_body_feed"),
    path("calendars/<str:token>.ics", calendar.feed, name="feed"),
    path("door/<str:code>/", calendar.door, name="door"),
    path("room/<int:pk>/close/", keeping.close, name="close"),
    path("room/<int:pk>/sign/", keeping.sign, name="sign"),
    path("venue/<int:pk>/limits/", keeping.limits, name="limits"),
    path("venue/<int:pk>/limits/<int:limit>/forget/", keeping.forget_limit, name="forget_limit"),
    path("wait/<int:pk>/", waiting.wait, name="wait"),
    path("wait/<int:pk>/take/", waiting.take, name="take"),
    path("wait/<int:pk>/stop/", waiting.stop_waiting, name="stop_waiting"),
    path("<str:number>/", booking.booking, name="booking"),
    path("<str:number>/move/", booking.move, name="move"),
    path("<str:number>/cancel/", booking.cancel, name="cancel"),
    path("<str:number>/answer/", booking.answer, name="answer"),
    path("<str:number>/check-in/", booking.check_in, name="check_in"),
]
