"""Who may do what: one table."""

import pytest

from liandong.activities import permissions as can
from liandong.activities.models import Activity, Attendance, Position
from liandong.activities.tests import factories as make
from liandong.core import actors

pytestmark = pytest.mark.django_db

WHO = ("system", "hub", "manager", "staff", "observer", "leader", "own", "other_body", "stranger", "nobody")
TABLE = {
    #                     system hub manager staff observer leader own other stranger nobody
    "create":             "yes   yes yes     yes   no       no     no  no    no       no",
    "manage":             "yes   yes yes     yes   no       no     no  no    no       no",
    "check_people":       "yes   yes yes     yes   no       yes    no  no    no       no",
    "see_work":           "yes   yes yes     yes   yes      yes    no  no    no       no",
    "sign_up_own":        "yes   yes yes     yes   no       yes    yes no    no       no",
    "sign_up_staff":      "yes   yes yes     yes   no       no     no  no    no       no",
    "allow_clash":        "yes   yes yes     yes   no       no     no  no    no       no",
    "cancel_sign_up":     "yes   yes yes     yes   no       yes    yes no    no       no",
    "check_in_at_door":   "yes   yes yes     yes   no       yes    yes no    no       no",
    "check_in_from_list": "yes   yes yes     yes   no       yes    no  no    no       no",
    "correct":            "yes   yes yes     yes   no       no     no  no    no       no",
}  # fmt: skip


@pytest.fixture
def scene():
    host = make.make_organization()
    leader = make.make_person("龙思远")
    activity = make.make_activity(host=host, leader=leader)
    row = make.make_sign_up(make.make_position(make.make_shift(activity)), person=make.make_person("李晓雯"))
    people = {
        "system": actors.SCHEDULER,
        "hub": make.grant(make.make_person("枢纽"), "hub_manager", territory=host.territory),
        "manager": make.grant(make.make_person("主任"), "org_manager", organization=host),
        "staff": make.make_staff(host),
        "observer": make.grant(make.make_person("巡视员"), "observer", organization=host),
        "leader": leader,
        "own": row.person,
        "other_body": make.make_staff(make.make_organization()),
        "stranger": make.make_person("路人"),
        "nobody": None,
    }
    return activity, row, make.make_attendance(row), make.make_position(row.shift, kind=Position.Kind.STAFF), people


@pytest.mark.parametrize("verb", TABLE)
def test_the_table_of_rights(scene, verb):
    activity, row, attendance, work, people = scene
    ask = {
        "create": lambda by: can.can_create(by, activity.host),
        "manage": lambda by: can.can_manage(by, activity),
        "check_people": lambda by: can.can_check_people(by, activity),
        "see_work": lambda by: can.can_see_work(by, activity),
        "sign_up_own": lambda by: can.can_sign_up(by, row.person, row.position),
        "sign_up_staff": lambda by: can.can_sign_up(by, row.person, work),
        "allow_clash": lambda by: can.can_allow_clash(by, row.position),
        "cancel_sign_up": lambda by: can.can_cancel_sign_up(by, row),
        "check_in_at_door": lambda by: can.can_check_in(by, row, method=Attendance.Method.VENUE_CODE),
        "check_in_from_list": lambda by: can.can_check_in(by, row, method=Attendance.Method.LIST),
        "correct": lambda by: can.can_correct(by, attendance),
    }[verb]
    answers = {who: bool(ask(people[who])) for who in WHO}
    assert answers == {who: word == "yes" for who, word in zip(WHO, TABLE[verb].split(), strict=True)}


def test_a_role_that_has_ended_gives_nothing(scene):
    from liandong.organizations.models import RoleGrant

    activity, _row, _attendance, _work, people = scene
    RoleGrant.objects.filter(person=people["staff"]).update(to_date=make.at(-1, 9).date())
    again = type(people["staff"]).objects.get(pk=people["staff"].pk)
    assert not can.can_manage(again, activity)


def test_drafts_are_seen_by_those_who_work_on_them_only(scene):
    activity, _row, _attendance, _work, people = scene
    activity.__class__.objects.update(state="draft")
    seen = {who: Activity.objects.filter(can.visible_to(people[who])).exists() for who in WHO if who != "system"}
    assert [who for who, sees in seen.items() if sees] == ["hub", "manager", "staff", "observer", "leader"]
