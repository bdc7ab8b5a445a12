"""Awards: proposed by anybody, endorsed nearby, judged by those who are not too close, on notice, granted by two, withdrawn by two."""

import pytest

from liandong.core import clock
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.honours import paper
from liandong.honours.models import Award, AwardObjection, Honour
from liandong.honours.queries import wall as shown
from liandong.honours.services import awards, nominations, wall, withdrawing
from liandong.notices.models import Notice
from liandong.points.models import FamilyTie
from liandong.recognition.tests import factories as f
from liandong.volunteers.models import TeamMembership, VolunteerProfile


def test_the_whole_way_of_an_award(town, clock):
    volunteer, other = town.volunteer(), town.volunteer("孙某")
    town.serve(volunteer, 6)
    award = town.award()
    rows = town.listed(award, volunteer, other)
    assert (rows[0].minutes, rows[0].record_count) == (360, 1)
    with pytest.raises(Refused):
        awards.ask_to_grant(award, by=town.boss)  # the notice runs
    objection = nominations.object_to(rows[1], words="他去年说的和做的不一样", by=town.neighbour)
    clock.advance(days=8)
    with pytest.raises(Refused):
        awards.ask_to_grant(award, by=town.boss)  # an objection is open
    nominations.answer_objection(objection, uphold=True, answer="查实，已从名单去掉。", by=town.boss)
    awards.ask_to_grant(award, by=town.boss)
    with pytest.raises(Denied):
        awards.grant(award, by=town.boss)
    honours = awards.grant(award, by=town.second)
    assert [honour.person for honour in honours] == [volunteer]
    assert {name: honours[0].evidence[name] for name in ("minutes", "records", "mean", "objections")} == {
        "minutes": 360,
        "records": 1,
        "mean": 8.5,
        "objections": 0,
    }
    assert Notice.objects.filter(person=volunteer, kind="honour.granted").count() == 1
    assert Notice.objects.filter(person=town.neighbour, kind="objection.answered").count() == 1
    assert broken() == {}


def test_nothing_can_be_judged_by_who_is_too_close(town):
    volunteer = town.volunteer()
    mate = town.second
    team = town.team(volunteer)
    TeamMembership.objects.create(team=team, person=mate, from_date=clock.today())
    award = town.award()
    row = town.nominated(award, volunteer, by=town.boss)
    nominations.endorse(row, by=town.community)
    awards.close_nominations(award, by=town.boss)
    cousin = town.signed(f.hub_manager(town.street, "李立"))
    FamilyTie.objects.create(person=volunteer, relative=cousin, state="confirmed", asked_at=clock.now(), confirmed_at=clock.now())
    for judge in (town.boss, mate, cousin):  # who proposed; who serves in the same team; family
        with pytest.raises(Denied):
            nominations.review(row, score=10, by=judge)
    nominations.review(row, is_too_close=True, by=mate)
    with pytest.raises(Refused):
        awards.begin_notice(award, chosen=[row], by=town.boss)
    assert row.reviews.get().score is None


def test_a_list_needs_endorsement_and_two_scores_and_keeps_to_the_places(town):
    award = town.award(places=1)
    rows = [town.nominated(award, town.volunteer()) for _n in range(2)]
    with pytest.raises(Denied):
        nominations.endorse(rows[0], by=town.neighbour)
    with pytest.raises(Denied):
        nominations.endorse(rows[0], by=town.staff)
    awards.close_nominations(award, by=town.boss)
    with pytest.raises(Refused):
        awards.begin_notice(award, chosen=rows[:1], by=town.boss)  # not endorsed
    for row in rows:
        nominations.endorse(row, by=town.community)
    with pytest.raises(Refused):
        awards.begin_notice(award, chosen=rows[:1], by=town.boss)  # not scored
    for row in rows:
        nominations.review(row, score=7, by=town.boss)
        nominations.review(row, score=7, by=town.second)
    with pytest.raises(Refused):
        awards.begin_notice(award, chosen=rows, by=town.boss)  # one place
    awards.begin_notice(award, chosen=rows[:1], by=town.boss)
    with pytest.raises(Refused):
        nominations.review(rows[1], score=10, by=town.boss)  # scores stand
    awards.back_to_review(award, by=town.boss)
    award.refresh_from_db()
    assert (award.state, award.notice_until_at) == ("review", None)


def test_who_would_rather_not_is_off_the_list_for_good(town):
    volunteer = town.volunteer()
    award = town.award()
    row = town.nominated(award, volunteer)
    with pytest.raises(Denied):
        nominations.decline(row, by=town.boss)
    nominations.decline(row, by=volunteer)
    with pytest.raises(Refused):
        town.nominated(award, volunteer, by=town.staff)


def test_proposing_has_its_rules(town):
    award, volunteer = town.award(), town.volunteer()
    with pytest.raises(Refused):
        nominations.nominate(award, team=town.team(volunteer), words="很好的一支队伍，常年坚持。", by=town.neighbour)
    with pytest.raises(Refused):
        nominations.nominate(award, person=volunteer, words="好", by=town.neighbour)
    with pytest.raises(Refused):
        nominations.nominate(award, person=volunteer, words="常年坚持给老人送餐。", proposed_for=town.agency, by=town.neighbour)
    row = town.nominated(award, volunteer, by=volunteer)  # oneself
    with pytest.raises(Refused):
        town.nominated(award, volunteer)
    with pytest.raises(Refused):
        nominations.add_evidence(row, content=b"MZ\x90 not a picture", by=volunteer)
    assert nominations.add_evidence(row, words="社区感谢信", content=b"%PDF-1.7 x", by=volunteer).kind == "file"


def test_a_team_and_a_body_can_be_honoured(town, clock):
    award = town.award(whom_for="team", title="优秀团队")
    leader = town.volunteer()
    row = nominations.nominate(award, team=town.team(leader), words="每周一次义诊，从没停过。", by=town.staff)
    nominations.endorse(row, by=town.community)
    awards.close_nominations(award, by=town.boss)
    for judge in (town.boss, town.second):
        nominations.review(row, score=9, by=judge)
    awards.begin_notice(award, chosen=[row], by=town.boss)
    clock.advance(days=8)
    awards.ask_to_grant(award, by=town.boss)
    honour = awards.grant(award, by=town.second)[0]
    assert (honour.whom, honour.person) == (honour.team.name, None)
    assert paper.honour_pdf(honour)[:5] == b"%PDF-"
    assert broken() == {}


def test_an_honour_is_withdrawn_by_two_with_a_note_and_comes_off_the_wall(town, clock):
    volunteer = town.volunteer(birth_date=None)
    honour = town.honoured(volunteer, clock_=clock)
    wall.show(honour, is_adult=True, by=volunteer)
    assert shown.entries().count() == 1
    withdrawing.ask_to_withdraw(honour, reason="材料查实不符", by=town.boss)
    with pytest.raises(Denied):
        withdrawing.decide_withdrawal(honour, agree=True, by=town.boss)
    withdrawing.decide_withdrawal(honour, agree=True, by=town.second)
    honour = Honour.objects.get(pk=honour.pk)
    assert (honour.state, honour.reason, shown.entries().count()) == ("withdrawn", "材料查实不符", 0)
    assert broken() == {}


def test_an_upheld_objection_takes_back_what_a_second_person_was_asked(town, clock):
    award = town.award()
    rows = town.listed(award, town.volunteer(), town.volunteer())
    objection = nominations.object_to(rows[0], words="材料里的活动没有办过", by=town.neighbour)
    with pytest.raises(Refused):
        nominations.object_to(rows[0], words="再说一次", by=town.neighbour)
    clock.advance(days=8)
    nominations.answer_objection(objection, uphold=False, answer="活动有记录，核对无误。", by=town.boss)
    assert AwardObjection.objects.get().state == "dismissed"
    with pytest.raises(Refused):
        nominations.object_to(rows[1], words="公示结束后才想起来", by=town.staff)


def test_who_stands_on_the_list_neither_asks_nor_grants_and_a_shorter_list_is_asked_anew(town):
    award = town.award()
    staff = town.signed(f.hub_manager(town.street, "林林"))
    VolunteerProfile.objects.create(person=staff, residence=town.place, registered_on=clock.today())
    rows = town.listed(award, staff, town.volunteer())
    Award.objects.update(notice_until_at=clock.now())
    with pytest.raises(Denied):
        awards.ask_to_grant(award, by=staff)
    awards.ask_to_grant(award, by=town.boss)
    with pytest.raises(Denied):
        awards.grant(award, by=staff)
    nominations.decline(rows[1], by=rows[1].person)
    with pytest.raises(Refused):
        awards.grant(award, by=town.second)
