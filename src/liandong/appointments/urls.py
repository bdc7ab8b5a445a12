from django.urls import path

from liandong.appointments.views import counter, desks, public

app_name = "appointments"
urlpatterns = [
    path("", public.desk_list, name="list"),
    path("mine/", public.mine, name="mine"),
    path("mine/<slug:code>/", public.appointment, name="appointment"),
    path("mine/<slug:code>/cancel/", public.cancel, name="cancel"),
    path("mine/<slug:code>/calendar.ics", public.calendar, name="calendar"),
    path("mine/<slug:code>/step/", counter.step, name="step"),
    path("desks/", desks.desk_list, name="desks"),
    path("desks/new/", desks.new, name="new"),
    path("desks/<int:pk>/", desks.manage, name="manage"),
    path("desks/<int:pk>/edit/", desks.edit, name="edit"),
    path("desks/<int:pk>/hours/", desks.add_hours, name="add_hours"),
    path("desks/<int:pk>/hours/<slug:hours>/remove/", desks.remove_hours, name="remove_hours"),
    path("desks/<int:pk>/days/", desks.set_day, name="set_day"),
    path("desks/<int:pk>/days/<int:day>/forget/", desks.forget_day, name="forget_day"),
    path("desks/<int:pk>/people/", desks.receivers, name="receivers"),
    path("desks/<int:pk>/day/", counter.day, name="day"),
    path("desks/<int:pk>/paper/", counter.paper, name="paper"),
    path("desks/<int:pk>/next/", counter.call_next, name="call_next"),
    path("desks/<int:pk>/walk-in/", counter.walk_in, name="walk_in"),
    path("<int:pk>/", public.desk, name="desk"),
    path("<int:pk>/book/", public.book, name="book"),
]
