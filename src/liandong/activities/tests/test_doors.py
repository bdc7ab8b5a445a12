import base64
from urllib.parse import quote

import pytest

from liandong.activities import doors
from liandong.activities.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_token_lives_ninety_seconds_and_changes_every_thirty(clock):
    shift = make.make_shift()
    token = doors.token(shift)
    clock.advance(seconds=29)
    assert doors.token(shift) == token
    clock.advance(seconds=1)
    assert doors.token(shift) != token
    clock.advance(seconds=59)
    assert doors.read(token) == shift
    clock.advance(seconds=1)
    with pytest.raises(doors.Expired) as expired:
        doors.read(token)
    assert expired.value.shift == shift


def test_a_token_from_the_future_is_not_taken(clock):
    shift = make.make_shift()
    clock.advance(hours=1)
    token = doors.token(shift)
    clock.advance(hours=-1)
    with pytest.raises(doors.Expired):
        doors.read(token)


def test_a_changed_token_is_forged(clock):
    mine, other = make.make_shift(), make.make_shift()
    shift_id, step, mac = doors.token(mine).split("-")
    other_id, _step, other_mac = doors.token(other).split("-")
    later = doors._base36(int(step, 36) + 1)
    forged = [
        f"{other_id}-{step}-{mac}", f"{shift_id}-{later}-{mac}", f"{shift_id}-{step}-{other_mac}", f"{shift_id}-{step}-{mac[:-1]}", f"{shift_id}-{step}-", f"{shift_id}-{step}",
        f"0{shift_id}-{step}-{mac}", f"{shift_id}-{step}-{mac.upper()}", f"{shift_id}-{step}-{mac}=", f"zzzzzzzzz-{step}-{mac}", "none", "a.b.c", "-" * 40, mac, " ", f"{shift_id}-{step}-{'0' * 20}",
    ]  # fmt: skip
    for value in forged:
        with pytest.raises(doors.Forged):
            doors.read(value)


def test_a_token_written_in_another_way_is_forged(clock):
    token = doors.token(make.make_shift())
    head, step, mac = token.split("-")
    plain = base64.b64encode(token.encode()).decode()
    variants = [
        plain, plain.rstrip("="), base64.urlsafe_b64encode(token.encode()).decode(), base64.b32encode(token.encode()).decode(), token.encode().hex(), quote(token, safe=""),
        token.upper(), token + "=", token + "\n", " " + token, token.replace("-", "_"), token.replace("-", "."), token.replace("-", "\u2010"), f"+{token}", f"{head}-{step}--{mac}", f"{head}-{step}-{mac}-{mac}",
        f"{head}-{step}-none", "eyJhbGciOiJub25lIn0.e30.", f"eyJhbGciOiJub25lIn0.{head}.", token.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]  # fmt: skip
    for value in variants:
        if value != token:
            with pytest.raises(doors.Forged):
                doors.read(value)


def test_every_letter_of_the_signature_counts(clock):
    shift = make.make_shift()
    head, mac = doors.token(shift).rsplit("-", 1)
    for place, letter in enumerate(mac):
        changed = mac[:place] + ("0" if letter != "0" else "1") + mac[place + 1 :]
        with pytest.raises(doors.Forged):
            doors.read(f"{head}-{changed}")


def test_another_secret_opens_nothing(clock):
    shift = make.make_shift()
    token = doors.token(shift)
    type(shift).objects.filter(pk=shift.pk).update(secret="0" * 32)
    with pytest.raises(doors.Forged):
        doors.read(token)
