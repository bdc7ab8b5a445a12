from django.urls import path

from liandong.volunteers import views

app_name = "volunteers"
urlpatterns = [
    path("", views.volunteer_list, name="list"),
    path("me/", views.my_profile, name="my_profile"),
    path("me/state/", views.my_state, name="my_state"),
    path("teams/", views.teams, name="teams"),
    path("teams/new/", views.team_new, name="team_new"),
    path("teams/<int:pk>/", views.team, name="team"),
    path("teams/<int:pk>/edit/", views.team_edit, name="team_edit"),
    path("teams/<int:pk>/join/", views.join, name="join"),
    path("teams/<int:pk>/leave/", views.leave, name="leave"),
    path("teams/<int:pk>/add/", views.add_member, name="add_member"),
    path("teams/<int:pk>/remove/", views.remove_member, name="remove_member"),
    path("teams/<int:pk>/leader/", views.appoint_leader, name="appoint_leader"),
    path("<str:number>/", views.volunteer, name="volunteer"),
    path("<str:number>/reveal/", views.reveal, name="reveal"),
]
