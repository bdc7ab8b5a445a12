"""How far an attendance can be believed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from liandong.activities import queries
from liandong.activities.confidence import CAME, LEFT, Proofs, weigh
from liandong.activities.models import SpotCheck
from liandong.activities.tests import factories as make

ANY = st.builds(
    Proofs,
    came_by=st.sampled_from([*CAME, "correction"]),
    left_by=st.sampled_from(["", *LEFT, "shift_end"]),
    distance_m=st.none() | st.integers(0, 20_000_000),
    others_seen=st.integers(0, 50),
    is_leader_there=st.booleans(),
    times_seen=st.integers(0, 3),
)


@given(ANY)
@how(deadline=None)
def test_nothing_is_ever_certain_and_one_more_proof_never_takes_away(proofs):
    plain = weigh(proofs).confidence
    more = weigh(Proofs(**{**proofs.__dict__, "times_seen": proofs.times_seen + 1, "is_leader_there": True})).confidence
    assert 0 <= plain <= more < 100


@given(ANY, st.sampled_from([{"elsewhere": 1}, {"others_on_phone": 2}, {"stayed_seconds": 3}, {"times_not_seen": 1}, {"is_own_hand": True}]))
@how(deadline=None)
def test_a_contradiction_takes_away_and_is_said(proofs, contradiction):
    plain, doubted = weigh(proofs), weigh(Proofs(**{**proofs.__dict__, **contradiction}))
    assert doubted.confidence <= plain.confidence
    assert (len(doubted.against), len(plain.against)) == (1, 0)


@pytest.mark.parametrize(
    ("proofs", "level"),
    [
        ({"came_by": "venue_code", "left_by": "venue_code"}, "strong"),
        ({"came_by": "ticket", "left_by": "shift_end", "others_seen": 5, "is_leader_there": True}, "strong"),
        ({"came_by": "kiosk", "left_by": "kiosk"}, "fair"),
        ({"came_by": "list", "left_by": "shift_end"}, "weak"),
        ({"came_by": "list", "left_by": "list", "others_seen": 9, "is_leader_there": True}, "fair"),
        ({"came_by": "venue_code", "left_by": "venue_code", "stayed_seconds": 20}, "weak"),
        ({"came_by": "venue_code", "left_by": "venue_code", "distance_m": 90_000}, "strong"),
    ],
)
def test_what_is_strong_and_what_is_weak(proofs, level):
    assert weigh(Proofs(**proofs)).level == level


@pytest.fixture
def shift(db, clock):
    clock.move_to(make.at(0, 17))
    return make.make_shift(starts_at=make.at(0, 14), activity=make.make_activity())


def came(shift, person=None, **fields):
    row = make.make_sign_up(make.make_position(shift), person=person)
    return make.make_attendance(row, **({"in_at": make.at(0, 14), "out_at": make.at(0, 16), "in_by": row.person} | fields))


def kinds(attendance):
    return [part.kind for part in queries.evidence_of([attendance])[attendance.pk].parts]


def test_what_others_did_speaks_for_one(shift):
    leader = shift.activity.leader
    first, second = came(shift, in_method="ticket", in_by=leader), came(shift, in_method="list", in_by=leader)
    assert kinds(second) == ["came_list", "left_venue_code", "others", "leader"]
    SpotCheck.objects.create(shift=shift, turn=1, attendance=second, answer="here", answered_by=leader, answered_at=make.clock.now())
    SpotCheck.objects.create(shift=shift, turn=2, attendance=first, answer="gone", answered_by=leader, answered_at=make.clock.now())
    assert (kinds(second), kinds(first)) == (
        ["came_list", "left_venue_code", "seen", "others", "leader"],
        ["came_ticket", "left_venue_code", "not_seen"],
    )


def test_contradictions_are_found(shift):
    person = make.make_person("王小明")
    twice = came(shift, person)
    other = make.make_shift(starts_at=make.at(0, 14), activity=make.make_activity())
    came(other, person, in_at=make.at(0, 15))
    assert kinds(twice) == ["came_venue_code", "left_venue_code", "elsewhere"]
    phones = [came(shift, in_device="abc", in_at=make.at(0, 14) + dt.timedelta(seconds=9 * n)) for n in range(3)]
    assert kinds(phones[0])[-1] == "shared_phone"
    ticked = [came(shift, in_method="list", in_by=shift.activity.leader, in_at=make.at(0, 14, 30), out_at=make.at(0, 16)) for _ in range(5)]
    assert kinds(ticked[0])[-1] == "together"
    assert kinds(came(shift, out_at=make.at(0, 14) + dt.timedelta(seconds=40)))[-1] == "at_once"
    assert kinds(came(shift, shift.activity.leader, in_method="list"))[-1] == "own_hand"


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_queries_does_not_grow(shift, count, django_assert_max_num_queries):
    rows = [came(shift, in_method="offline", in_nonce=f"n{n}") for n in range(count)]
    with django_assert_max_num_queries(6):
        assert len(queries.evidence_of(rows)) == count


def test_the_list_and_the_page_say_what_it_is_made_of(shift, client):
    first, _second = came(shift, in_method="list", in_by=shift.activity.leader), came(shift)
    client.cookies["lang"] = "en"
    client.force_login(make.make_account(shift.activity.leader))
    manage = client.get(f"/activities/{shift.activity.code}/manage/?shift={shift.pk}")
    page = client.get(f"/activities/attendance/{first.pk}/evidence/")
    evidence = queries.evidence_of([first])[first.pk]
    assert f'href="/activities/attendance/{first.pk}/evidence/">{evidence.confidence}%' in manage.text
    assert [part.words in page.text for part in evidence.parts] == [True] * len(evidence.parts)
    client.force_login(make.make_account())
    assert client.get(f"/activities/attendance/{first.pk}/evidence/").status_code == 404
