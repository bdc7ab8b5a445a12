from django.urls import path

from liandong.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.activity_list, name="list"),
    path("mine/", views.mine, name="mine"),
    path("desk/", views.desk_list, name="desk"),
    path("new/", views.new, name="new"),
    path("shift/<int:pk>/sign-up/", views.sign_up, name="sign_up"),
    path("shift/<int:pk>/sign-up-for/", views.sign_up_for, name="sign_up_for"),
    path("shift/<int:pk>/door/", views.door_code, name="door_code"),
    path("shift/<int:pk>/scan/", views.scan, name="scan"),
    path("shift/<int:pk>/tick/", views.tick, name="tick"),
    path("attendance/<int:pk>/correct/", views.correct, name="correct"),
    path("ticket/<str:code>/", views.ticket, name="ticket"),
    path("ticket/<str:code>/done/", views.sign_up_done, name="sign_up_done"),
    path("ticket/<str:code>/cancel/", views.cancel_sign_up, name="cancel_sign_up"),
    path("ticket/<str:code>/arrived/", views.arrived, name="arrived"),
    path("<str:code>/", views.activity, name="activity"),
    path("<str:code>/calendar.ics", views.calendar, name="calendar"),
    path("<str:code>/edit/", views.edit, name="edit"),
    path("<str:code>/check/", views.check, name="check"),
    path("<str:code>/publish/", views.publish, name="publish"),
    path("<str:code>/cancel/", views.cancel, name="cancel"),
    path("<str:code>/repeat/", views.repeat, name="repeat"),
    path("<str:code>/finish/", views.finish, name="finish"),
    path("<str:code>/manage/", views.manage, name="manage"),
    path("<str:code>/share/", views.share, name="share"),
    path("<str:code>/poster.pdf", views.poster, name="poster"),
]
