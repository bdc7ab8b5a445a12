"""Root URLs: one line per app, names are namespaced by app. Who may open what is declared in `audiences.py`."""

from django.urls import include, path

handler500 = "liandong.core.middleware.server_error"

PREFIXES = {
    "": "portal",
    "account/": "accounts",
    "notices/": "notices",
    "organizations/": "organizations",
    "venues/": "venues",
    "bookings/": "bookings",
    "appointments/": "appointments",
    "stations/": "stations",
    "imports/": "imports",
    "volunteers/": "volunteers",
    "needs/": "needs",
    "surveys/": "surveys",
    "visits/": "visits",
    "themes/": "themes",
    "projects/": "projects",
    "activities/": "activities",
    "overlap/": "overlap",
    "matching/": "matching",
    "points/": "points",
    "recognition/": "recognition",
    "honours/": "honours",
    "rewards/": "rewards",
    "dossier/": "dossier",
    "evaluation/": "evaluation",
    "insight/": "insight",
    "ui/": "ui",
}

urlpatterns = [path(prefix, include(f"liandong.{app}.urls", namespace=app)) for prefix, app in PREFIXES.items()]
