"""Sealed values open only in their place; equal values can be found without being read."""

import pytest
from cryptography.exceptions import InvalidTag

from liandong.core import crypto


def test_a_sealed_value_opens_in_its_place_and_nowhere_else():
    sealed = crypto.seal("110101199001011234", place="a")
    assert "110101" not in sealed
    assert crypto.open_sealed(sealed, place="a") == "110101199001011234"
    with pytest.raises(InvalidTag):
        crypto.open_sealed(sealed, place="b")


def test_two_seals_of_one_value_differ_and_their_hashes_agree():
    assert crypto.seal("x", place="a") != crypto.seal("x", place="a")
    assert crypto.keyed_hash("x", purpose="p") == crypto.keyed_hash("x", purpose="p")
    assert crypto.keyed_hash("x", purpose="p") != crypto.keyed_hash("x", purpose="q")


def test_nothing_stays_nothing():
    assert crypto.seal("", place="a") == "" == crypto.open_sealed("", place="a")


def test_what_was_sealed_under_a_former_key_still_opens(settings):
    sealed = crypto.seal("secret", place="a")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of this site, long enough"
    assert crypto.open_sealed(sealed, place="a") == "secret"
    with pytest.raises(InvalidTag):
        crypto.open_sealed(sealed, place="b")
