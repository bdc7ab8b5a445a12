from django.urls import URLPattern, path

from liandong.stations.views import finding, open_data, plaque, shelf, station, thanks, visits

app_name = "stations"
urlpatterns: list[URLPattern] = [
    # Finding one
    path("", finding.nearest, name="nearest"),
    path("places/", finding.places, name="places"),
    path("map/", finding.on_map, name="map"),
    path("map/outlines.geojson", finding.outlines_file, name="outlines"),
    path("open/", open_data.about, name="open_data"),
    path("open/stations.geojson", open_data.geojson, name="open_geojson"),
    path("open/stations-hsds.json", open_data.whole_file, name="open_file"),
    path("open/hsds/", open_data.hsds, name="open_hsds"),
    path("open/hsds/services", open_data.services, name="open_services"),
    path("open/hsds/services/<str:identifier>", open_data.service, name="open_service"),
    path("open/hsds/organizations", open_data.organizations, name="open_organizations"),
    path("open/hsds/organizations/<str:identifier>", open_data.organization, name="open_organization"),
    path("open/hsds/locations", open_data.locations, name="open_locations"),
    path("open/hsds/locations/<str:identifier>", open_data.location, name="open_location"),
    # Visits, shelf, recyclables, thanks
    path("use/", visits.usage, name="usage"),
    path("mine/", shelf.mine, name="mine"),
    path("shelf/<int:pk>/", shelf.item_page, name="item"),
    path("shelf/<int:pk>/reserve/", shelf.reserve, name="reserve"),
    path("shelf/<int:pk>/keep/", shelf.keep, name="keep_item"),
    path("takings/<int:pk>/keep/", shelf.taking_keep, name="keep_taking"),
    path("takings/<int:pk>/give-up/", shelf.give_up, name="give_up"),
    path("green/<int:pk>/exchange/", shelf.green_exchange, name="green_exchange"),
    path("green/<int:pk>/end/", shelf.green_end, name="green_end"),
    path("thanks/<int:pk>/decide/", thanks.decide, name="decide_thanks"),
    path("<str:number>/here/", visits.count, name="count_visit"),
    path("<str:number>/visits/", visits.figures, name="visits"),
    path("<str:number>/visits/add/", visits.add, name="add_visit"),
    path("<str:number>/visits/note/", visits.note, name="note_visits"),
    path("<str:number>/shelf/", shelf.shelf_page, name="shelf"),
    path("<str:number>/shelf/put/", shelf.put, name="put"),
    path("<str:number>/green/", shelf.green, name="green"),
    path("<str:number>/green/rate/", shelf.green_rate, name="green_rate"),
    path("<str:number>/thanks/", thanks.thanks_page, name="thanks"),
    path("<str:number>/thanks/say/", thanks.thank, name="thank"),
    # One station. Last: a number could be any word
    path("<str:number>/", station.station, name="station"),
    path("<str:number>/way/", finding.way, name="way"),
    path("<str:number>/report/", station.report, name="report"),
    path("<str:number>/plaque/", plaque.sheet, name="plaque"),
    path("<str:number>/plaque/sticker/", plaque.sticker, name="sticker"),
]
