"""The state table, and that the stamps of a need are always in order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.core.actors import DEMO
from liandong.core.errors import Refused
from liandong.needs import services
from liandong.needs.models import Need

DRIVE = {
    "accept": lambda need, town: services.accept_need(need, by=DEMO),
    "claim": lambda need, town: services.claim_need(need, organization=town.community, by=DEMO),
    "claim_again": lambda need, town: services.claim_need(need, organization=town.agency, by=DEMO),
    "release": lambda need, town: services.release_need(need, reason="换人", by=DEMO),
    "answer": lambda need, town: services.answer_need(need, words="在办", by=DEMO),
    "match": lambda need, town: services.match_need(need, by=DEMO),
    "decline": lambda need, town: services.decline_need(need, words="办不了", by=DEMO),
    "plan": lambda need, town: services.plan_need(need, organization=town.agency, by=DEMO),
    "unplan": lambda need, town: services.unplan_need(need, by=DEMO),
    "activate": lambda need, town: services.activate_need(need, by=DEMO),
    "finish": lambda need, town: services.finish_need(need, words="办好了", by=DEMO),
    "confirm": lambda need, town: services.confirm_need(need, by=DEMO),
    "reopen": lambda need, town: services.reopen_need(need, words="还没有", by=town.resident),
    "withdraw": lambda need, town: services.withdraw_need(need, by=DEMO),
}
STAMPS = ("submitted_at", "accepted_at", "claimed_at", "matched_at", "planned_at", "active_at", "done_at", "closed_at")


def test_every_state_has_its_row_and_leads_only_to_states():
    assert set(Need.TRANSITIONS) == set(Need.State.values)
    assert {state for row in Need.TRANSITIONS.values() for state in row} <= set(Need.State.values)
    assert [state for state in Need.TRANSITIONS if not Need.TRANSITIONS[state]] == ["confirmed", "withdrawn", "merged"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(st.tuples(st.sampled_from(sorted(DRIVE)), st.integers(0, 90)), max_size=14))
def test_stamps_are_in_order_whatever_happens(town, clock, path):
    need = town.need()
    for name, minutes in path:
        clock.advance(minutes=minutes)
        before = need.state
        try:
            DRIVE[name](need, town)
        except Refused:
            need.refresh_from_db()
            assert need.state == before
            continue
        need.refresh_from_db()
        assert need.state == before or need.state in Need.TRANSITIONS[before] or (name == "plan" and before == "submitted")
        reached = [getattr(need, stamp) for stamp in STAMPS if getattr(need, stamp) is not None]
        assert reached == sorted(reached)
        if need.state in services.STAMPS:
            assert getattr(need, services.STAMPS[need.state]) is not None
        assert need.answered_at is None or need.answered_at >= need.submitted_at
        assert (need.closed_at is None) == (need.is_open or need.state == "done")
