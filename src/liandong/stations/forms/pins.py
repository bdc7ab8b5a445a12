"""A pin on the map, as people copy it out of a map app; one that lies outside is questioned once, not forbidden."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liandong.venues import geo
from liandong.venues.models import Venue
from liandong.venues.outlines import outlines

SYSTEMS = [
    ("gcj02", gettext_lazy("Amap, Tencent or Apple maps")),
    ("bd09", gettext_lazy("Baidu maps")),
    ("wgs84", gettext_lazy("GPS or OpenStreetMap")),
]
NEIGHBOURS = 200


class PinForm(forms.Form):
    position = forms.CharField(
        label=gettext_lazy("On the map"), max_length=60, required=False, help_text=gettext_lazy("Latitude and longitude, as your map app copies them")
    )
    system = forms.ChoiceField(label=gettext_lazy("Copied from"), choices=SYSTEMS, initial="gcj02", widget=forms.RadioSelect)
    is_sure = forms.BooleanField(label=gettext_lazy("The place is right all the same"), required=False)


def read_pin(form: forms.Form) -> dict[str, Decimal | None]:
    """Latitude and longitude for the verb (WGS-84), or an error on the form. Call it after `is_valid`."""
    none: dict[str, Any] = {"latitude": None, "longitude": None}
    text = form.cleaned_data["position"].strip()
    if not text:
        return none
    read = geo.read(text)
    if read is None:
        form.add_error("position", _("Please give latitude and longitude, for example 39.9085, 116.4402."))
        return none
    point = geo.to_wgs84(read, form.cleaned_data["system"])
    if not form.cleaned_data["is_sure"] and (why := geo.doubt(point, rings=outlines().rings, others=_others())):
        said = {
            "swapped": _("Latitude and longitude seem to be swapped."),
            "gcj02": _("It lies outside our ground; it fits if it was copied from Amap or Tencent."),
            "bd09": _("It lies outside our ground; it fits if it was copied from Baidu."),
            "far": _("It lies outside our ground."),
        }
        form.add_error("position", f"{said[why]} {_('Please look again, or tick that the place is right.')}")
    return {"latitude": Decimal(f"{point.latitude:.6f}"), "longitude": Decimal(f"{point.longitude:.6f}")}


def _others() -> list[geo.Point]:
    rows = Venue.objects.filter(latitude__isnull=False).order_by("-id").values_list("latitude", "longitude")[:NEIGHBOURS]
    return [geo.Point(float(latitude), float(longitude)) for latitude, longitude in rows if latitude is not None and longitude is not None]
