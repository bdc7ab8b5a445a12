from django.urls import URLPattern

app_name = "overlap"
urlpatterns: list[URLPattern] = []
