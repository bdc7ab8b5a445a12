from django.urls import path

from liandong.visits.views import lists, one, plans

app_name = "visits"
urlpatterns = [
    path("", lists.index, name="list"),
    path("export/", lists.export, name="export"),
    path("follow-ups/", lists.follow_ups, name="follow_ups"),
    path("follow-ups/<int:pk>/done/", lists.finish_follow_up, name="finish_follow_up"),
    path("plan/", plans.plan, name="plan"),
    path("plan/new/", plans.plan_new, name="plan_new"),
    path("plan/several/", plans.plan_several, name="plan_several"),
    path("plan/<int:pk>/", plans.plan_edit, name="plan_edit"),
    path("plan/<int:pk>/end/", plans.end_plan, name="end_plan"),
    path("new/", one.new, name="new"),
    path("<slug:number>/", one.visit, name="visit"),
    path("<slug:number>/write/", one.finish, name="finish"),
    path("<slug:number>/draft/", one.draft, name="draft"),
    path("<slug:number>/cancel/", one.cancel, name="cancel"),
    path("<slug:number>/move/", one.move, name="move"),
    path("<slug:number>/promise/", one.promise, name="promise"),
    path("<slug:number>/notes/", one.correct, name="correct"),
    path("<slug:number>/needs/", one.make_needs, name="make_needs"),
]
