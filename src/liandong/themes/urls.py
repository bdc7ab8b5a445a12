from django.urls import path

from liandong.themes.views import board, deciding, packages, theme

app_name = "themes"
urlpatterns = [
    path("", board.board, name="board"),
    path("export/", board.export, name="export"),
    path("loose/", board.loose, name="loose"),
    path("weights/", board.weights, name="weights"),
    path("run/", board.run, name="run"),
    path("runs/<int:pk>/", board.progress, name="progress"),
    path("move/", deciding.move, name="move"),
    path("undo/<int:pk>/", deciding.undo, name="undo"),
    path("packages/", packages.index, name="packages"),
    path("packages/new/", packages.new, name="package_new"),
    path("packages/<int:pk>/", packages.package, name="package"),
    path("packages/<int:pk>/edit/", packages.edit, name="package_edit"),
    path("packages/<int:pk>/review/", packages.review, name="package_review"),
    path("<slug:number>/", theme.theme, name="theme"),
    path("<slug:number>/members/", theme.members, name="members"),
    path("<slug:number>/split/", deciding.split, name="split"),
    path("<slug:number>/merge/", deciding.merge, name="merge"),
    path("<slug:number>/rename/", deciding.rename, name="rename"),
    path("<slug:number>/lock/", deciding.lock, name="lock"),
]
