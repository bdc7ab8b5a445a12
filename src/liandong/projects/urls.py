from django.urls import path

from liandong.projects import views

app_name = "projects"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("pledge/<int:pk>/agree/", views.agree_pledge, name="agree_pledge"),
    path("pledge/<int:pk>/decline/", views.decline_pledge, name="decline_pledge"),
    path("pledge/<int:pk>/keep/", views.keep_pledge, name="keep_pledge"),
    path("milestone/<int:pk>/done/", views.finish_milestone, name="finish_milestone"),
    path("<slug:number>/", views.project, name="project"),
    path("<slug:number>/edit/", views.edit, name="edit"),
    path("<slug:number>/propose/", views.propose, name="propose"),
    path("<slug:number>/approve/", views.approve, name="approve"),
    path("<slug:number>/return/", views.give_back, name="give_back"),
    path("<slug:number>/finish/", views.finish, name="finish"),
    path("<slug:number>/cancel/", views.cancel, name="cancel"),
    path("<slug:number>/pledges/", views.add_pledge, name="add_pledge"),
    path("<slug:number>/milestones/", views.add_milestone, name="add_milestone"),
]
