from django.urls import path

from liandong.overlap import views

app_name = "overlap"
urlpatterns = [
    path("", views.index, name="list"),
    path("look/", views.look, name="look"),
    path("decide/", views.decide, name="decide"),
    path("ask-hub/", views.ask_hub, name="ask_hub"),
    path("propose/", views.propose, name="propose"),
    path("co-hosting/", views.hostings, name="hostings"),
    path("co-hosting/<int:pk>/", views.hosting, name="hosting"),
    path("co-hosting/<int:pk>/agree/", views.agree, name="agree"),
    path("co-hosting/<int:pk>/decline/", views.decline, name="decline"),
    path("co-hosting/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("co-hosting/<int:pk>/call-off/", views.call_off_twin, name="call_off_twin"),
    path("people/<str:code>/", views.people, name="people"),
    path("people/<str:code>/delete/", views.delete_people, name="delete_people"),
]
