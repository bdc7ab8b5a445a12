from django.urls import path

from liandong.organizations import calendar_views, views

app_name = "organizations"
urlpatterns = [
    path("", views.organization_list, name="list"),
    path("new/", views.new, name="new"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/<int:pk>/remove/", calendar_views.remove_day, name="remove_calendar_day"),
    path("places/", views.places, name="places"),
    path("places/<int:pk>/", views.place, name="place"),
    path("places/<int:pk>/close/", views.close_place, name="close_place"),
    path("places/<int:pk>/roles/", views.place_roles, name="place_roles"),
    path("roles/<int:pk>/end/", views.end_role, name="end_role"),
    path("memberships/<int:pk>/end/", views.end_membership, name="end_membership"),
    path("person/<str:number>/", views.person, name="person"),
    path("person/<str:number>/reveal/", views.reveal, name="reveal"),
    path("person/<str:number>/memberships/", views.add_membership, name="add_membership"),
    path("person/<str:number>/merge/", views.merge, name="merge"),
    path("<slug:slug>/", views.organization, name="organization"),
    path("<slug:slug>/edit/", views.edit, name="edit"),
    path("<slug:slug>/state/", views.change_state, name="change_state"),
    path("<slug:slug>/people/", views.people, name="people"),
    path("<slug:slug>/register/", views.register_person, name="register_person"),
    path("<slug:slug>/card/<str:number>/", views.card, name="card"),
    path("<slug:slug>/roles/", views.roles, name="roles"),
]
