"""The plaque on paper: its code is read by a machine and opens the page of the station."""

import io

import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from liandong.core import paper
from liandong.stations import paper as plaques


@pytest.fixture
def station(town):
    return town.station("拾光咖啡驿站 #真的*很*好_喝_", entry_words="$x$ 不用登记")


@pytest.mark.parametrize("kind", ["plaque", "sticker"])
def test_the_code_on_paper_opens_the_station(station, kind):
    (picture,) = paper.pictures(plaques.FOLDER / f"{kind}.typ", plaques.contents_of(station), ppi=110)
    read = [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]
    assert read == [plaques.short_url(station)]


def test_the_sheet_says_what_is_there_and_nothing_acts_as_markup(station):
    (page,) = PdfReader(io.BytesIO(plaques.sheet(station))).pages
    text = page.extract_text().replace("\n", "")
    assert [word for word in ("拾光咖啡驿站#真的*很*好_喝_", "8:00", "$x$", station.number) if word not in text.replace(" ", "")] == []


def test_only_those_who_keep_it_print_it(station, client, town):
    for name in ("plaque", "sticker"):
        address = reverse(f"stations:{name}", args=[station.number])
        assert client.get(address).status_code == 302
        client.force_login(town.boss.account)
        response = client.get(address)
        assert (response.status_code, response["Content-Type"], response.content[:5]) == (200, "application/pdf", b"%PDF-")
        client.logout()
