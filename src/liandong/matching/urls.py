from django.urls import path

from liandong.matching import views

app_name = "matching"
urlpatterns = [
    path("rosters/", views.rosters, name="rosters"),
    path("rosters/new/<str:code>/", views.new, name="new"),
    path("rosters/<int:pk>/", views.roster, name="roster"),
    path("rosters/<int:pk>/solve/", views.solve, name="solve"),
    path("rosters/<int:pk>/stop/", views.stop, name="stop"),
    path("rosters/<int:pk>/copy/", views.copy, name="copy"),
    path("rosters/<int:pk>/publish/", views.publish, name="publish"),
    path("rosters/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("rosters/<int:pk>/people/", views.people, name="people"),
    path("rosters/<int:pk>/cell/<str:number>/<int:shift>/", views.cell, name="cell"),
    path("rosters/<int:pk>/times/<str:number>/<int:shift>/", views.times, name="times"),
    path("lines/<int:pk>/take-off/", views.take_off, name="take_off"),
    path("lines/<int:pk>/lock/", views.lock, name="lock"),
    path("lines/<int:pk>/substitute/", views.substitute, name="substitute"),
    path("answer/<int:pk>/", views.answer, name="answer"),
    path("answer/line/<int:pk>/accept/", views.accept, name="accept"),
    path("answer/line/<int:pk>/decline/", views.decline, name="decline"),
]
