"""Every page of dossiers: seen by whom it is for, kept input, few queries."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from liandong.dossier import services
from liandong.dossier.models import DossierClaim, ServiceEvaluation, TrainingEntry, Transfer
from liandong.dossier.tests.factories import TRAINING
from liandong.organizations.models import Membership
from liandong.points import services as points
from liandong.recognition.tests import factories as recorded
from liandong.ui import words
from liandong.volunteers.models import VolunteerProfile

pytestmark = pytest.mark.django_db


def url(name: str, *arguments) -> str:
    return reverse(f"dossier:{name}", args=arguments)


@pytest.fixture
def enter(client, town):
    def as_(person):
        client.force_login(town.accounts.get(person.pk) or recorded.account(person))
        return client

    return as_


@pytest.mark.parametrize("name", ["dossier:mine", "recognition:my_records", "portal:me"])
def test_a_volunteer_sees_the_same_hours_and_points_everywhere(enter, town, record, name):
    """Hours with what came along from elsewhere; points without what is kept back for something."""
    VolunteerProfile.objects.update_or_create(
        person=town.volunteer, defaults={"brought_minutes": 6_000, "brought_source": "原平台", "registered_on": dt.date(2024, 1, 1)}
    )
    account = points.account_of(town.volunteer)
    type(account).objects.filter(pk=account.pk).update(balance=777, pending=700)
    page = enter(town.volunteer).get(reverse(name)).content.decode()
    assert words.hours(record.minutes + 6_000) in page
    assert (">77<" in page.replace(" ", ""), bool(re.search(r"(?<!\w)777(?!\w)", page))) == (name != "dossier:mine", False)


def test_the_person_sees_prints_and_takes_everything(enter, town, record):
    client = enter(town.volunteer)
    page = client.get(url("mine")).content.decode()
    assert (record.activity_name in page, "李晓雯" in page, "13800000001" in page) == (True, True, False)
    assert client.get(url("mine_pdf")).content[:5] == b"%PDF-"
    assert b"".join(client.post(url("mine_file")).streaming_content)[:2] == b"PK"
    for name, arguments in (("claim_new", ["training"]), ("claim_new", ["honour"]), ("move", []), ("erase", [])):
        assert client.get(url(name, *arguments)).status_code == 200
    assert client.get(url("claim_new", "medal")).status_code == 404
    assert client.post(url("claim_new", "training"), {"name": "急救"}).status_code == 422
    assert client.post(url("move"), {"words": ""}).status_code == 422
    assert client.post(url("erase"), {"number": "L0000"}).status_code == 422


def test_staff_see_their_people_masked_and_others_do_not(enter, town, record):
    client = enter(town.manager)
    page = client.get(url("people")).content.decode()
    assert ("李*雯" in page, "李晓雯" in page) == (True, False)
    page = client.get(url("person", town.volunteer.number)).content.decode()
    assert (record.activity_name in page, "13800000001" in page) == (True, False)
    client = enter(town.other_manager)
    assert client.get(url("person", town.volunteer.number)).status_code == 404
    assert enter(town.volunteer).get(url("people")).status_code == 403


@pytest.mark.parametrize("name", ["people", "training_new", "claims", "evaluations", "transfers", "ask_transfer", "exchange", "report"])
def test_staff_pages_open_with_nothing_and_with_something_to_show(enter, town, name):
    assert enter(town.manager).get(url(name)).status_code == 200
    assert enter(town.volunteer).get(url(name)).status_code == 403


def test_who_wrote_a_line_for_a_guest_is_led_to_no_dossier(enter, town):
    [entry], _left = services.write_training([town.volunteer], organization=town.body, by=town.manager, **TRAINING)
    line, dossier = url("line", "training", entry.number), f'"{url("person", town.volunteer.number)}"'
    client = enter(town.manager)
    assert client.get(line).content.decode().count(dossier) == 1
    Membership.objects.filter(person=town.volunteer).delete()
    page = client.get(line)
    assert (page.status_code, page.content.decode().count(dossier)) == (200, 0)


def test_a_training_is_given_and_put_right_on_pages(enter, town):
    client = enter(town.manager)
    values = {
        "name": "急救",
        "content": "包扎",
        "minutes": "3",
        "from_date": "2026-05-16",
        "organization": town.body.pk,
        "people": [town.volunteer.pk],
    }
    assert client.post(url("training_new"), {**values, "people": []}).status_code == 422
    assert client.post(url("training_new"), values).status_code == 303
    entry = TrainingEntry.objects.get()
    assert (entry.minutes, entry.organizer_name) == (180, town.body.name)
    line = url("line", "training", entry.number)
    assert client.get(line).status_code == 200
    right = {"name": "急救", "content": "包扎", "minutes": "2", "organizer_name": "红十字会", "from_date": "2026-05-16", "to_date": "2026-05-16"}
    assert client.post(line, right).status_code == 422
    assert client.post(line, {**right, "reason": "少算一小时"}).status_code == 303
    newest = TrainingEntry.objects.counting().get()
    assert newest.minutes == 120
    assert client.post(url("withdraw_line", "training", newest.number), {"reason": "记错人"}).status_code == 303
    assert TrainingEntry.objects.counting().count() == 0
    assert enter(town.other_manager).get(line).status_code == 404


def test_claims_are_checked_on_pages(enter, town):
    claim = services.claim(
        town.volunteer,
        kind="honour",
        organization=town.body,
        name="优秀志愿者",
        giver_name="某公司",
        from_date=dt.date(2025, 12, 5),
        by=town.volunteer,
    )
    client = enter(town.manager)
    assert "优秀志愿者" in client.get(url("claims")).content.decode()
    assert client.get(url("claim", claim.pk)).status_code == 200
    assert client.post(url("claim", claim.pk), {"refuse": "1"}).status_code == 422
    assert client.post(url("claim", claim.pk), {"accept": "1"}).status_code == 303
    assert DossierClaim.objects.get().honour.name == "优秀志愿者"
    assert client.get(url("claim_proof", claim.pk)).status_code == 404
    assert enter(town.other_manager).get(url("claim", claim.pk)).status_code == 404


def test_evaluations_are_written_for_a_whole_shift(enter, town, record):
    client = enter(town.manager)
    assert record.activity_name in client.get(url("evaluations")).content.decode()
    page = url("evaluate", record.shift_id)
    assert client.get(page).status_code == 200
    assert client.post(page, {f"grade-{town.volunteer.pk}": "poor"}).status_code == 422
    later = client.post(page, {f"grade-{town.volunteer.pk}": ""})
    assert (later.status_code, '<option value="" selected>' in later.content.decode()) == (422, True)
    assert client.post(page, {f"grade-{town.volunteer.pk}": "excellent", f"words-{town.volunteer.pk}": "耐心"}).status_code == 303
    assert ServiceEvaluation.objects.get().grade == "excellent"
    assert record.activity_name not in client.get(url("evaluations")).content.decode()


def test_belonging_moves_on_pages(enter, town, record):
    enter(town.manager).post(
        url("ask_transfer"), {"from_organization": town.body.pk, "to_organization": town.other.pk, "people": [town.volunteer.pk], "words": "换工作"}
    )
    transfer = Transfer.objects.get()
    assert "换工作" in enter(town.volunteer).get(url("mine")).content.decode()
    assert enter(town.volunteer).post(url("agree_transfer", transfer.pk)).status_code == 303
    assert enter(town.other_manager).get(url("transfers")).status_code == 200
    assert enter(town.other_manager).post(url("agree_transfer", transfer.pk)).status_code == 303
    assert Membership.objects.filter(person=town.volunteer, to_date__isnull=True).get().organization == town.other
    assert enter(recorded.manager(recorded.organization())).post(url("refuse_transfer", transfer.pk)).status_code == 404


def test_the_report_opens_each_figure_and_leaves_as_a_file(enter, town, record):
    client = enter(town.manager)
    page = client.get(url("report")).content.decode()
    assert page.count("?") > 5
    for key in (
        "records",
        "late",
        "backfilled",
        "corrected",
        "appeals",
        "certificates",
        "superseded",
        "revoked",
        "evaluations",
        "training",
        "honours",
    ):
        assert client.get(url("report_rows", key)).status_code == 200
    assert record.number in client.get(url("report_rows", "records")).content.decode()
    assert client.get(url("report_rows", "medals")).status_code == 404
    assert client.get(url("report_file", "xlsx")).content[:2] == b"PK"
    assert client.get(url("report_file", "pdf")).content[:5] == b"%PDF-"
    assert enter(town.hub).get(url("report") + f"?territory={town.street.pk}&year=2025").status_code == 200
    assert enter(town.manager).get(url("report") + f"?organization={town.other.slug}").status_code == 404


def test_lists_ask_as_often_for_three_as_for_one(enter, town, django_assert_max_num_queries):
    shift = recorded.shift(host=town.body)
    client = enter(town.manager)
    for name in ("林一", "林二", "林三"):
        who = recorded.person(name)
        Membership.objects.create(person=who, organization=town.body, kind="member", from_date=dt.date(2024, 1, 1))
        recorded.record(who, of=shift, by=town.manager)
        services.write_training([who], organization=town.body, by=town.manager, **TRAINING)
    for name, most in (("people", 14), ("evaluations", 14), ("report", 30), ("claims", 12)):
        with django_assert_max_num_queries(most):
            client.get(url(name))
    with django_assert_max_num_queries(16):
        client.get(url("evaluate", shift.pk))
