from django.urls import path

from liandong.activities import views as activities
from liandong.portal import views
from liandong.recognition.views import issuers, verifying
from liandong.stations.views import station as stations

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("me/", views.me, name="me"),
    path("o/<slug:slug>/", views.workbench, name="workbench"),
    path("hub/", views.hub, name="hub"),
    path("service/", views.service, name="service"),
    path("search/", views.search, name="search"),
    path("help/", views.help_page, name="help"),
    path("health", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    # Short addresses for posters, doors and certificates
    path("a/<str:code>/", activities.activity, name="activity"),
    path("k/<str:token>/", activities.door, name="door"),
    path("s/<str:number>/", stations.station, name="station"),
    path("v/", verifying.verify, name="verify"),
    path("v/check/", verifying.check, name="check"),
    path("v/shared/<str:token>/", verifying.shared, name="shared"),
    path(".well-known/did.json", issuers.site_did, name="site_did"),
    path("v/<str:code>/", verifying.certificate, name="certificate"),
]
