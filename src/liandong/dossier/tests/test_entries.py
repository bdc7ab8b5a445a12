"""Lines of the dossier: written by bodies, proved by people, put right by later lines; belonging; leaving for good."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from liandong.accounts import services as accounts
from liandong.accounts.models import Account, Person
from liandong.config.privacy import RETENTION
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.dossier import queries, services
from liandong.dossier.models import HonourEntry, ServiceEvaluation, TrainingEntry, Transfer
from liandong.dossier.reactions import remind
from liandong.dossier.tests.factories import PNG, TRAINING
from liandong.notices.models import Notice
from liandong.organizations.models import Membership
from liandong.recognition.models import ServiceRecord
from liandong.recognition.tests import factories as recorded

pytestmark = pytest.mark.django_db


def claim(town, **changed):
    values = {"kind": "training", "organization": town.body, "name": "手语入门", "content": "问候", "minutes": 120, "giver_name": "残联"}
    values |= {"from_date": dt.date(2026, 3, 1), "proof": PNG, "by": town.volunteer}
    return services.claim(town.volunteer, **(values | changed))


def test_a_training_is_written_for_many_once(town):
    other = recorded.person("王磊")
    written, left = services.write_training([town.volunteer, other], organization=town.body, by=town.manager, **TRAINING)
    assert (len(written), left) == (2, [])
    written, left = services.write_training([town.volunteer, other], organization=town.body, by=town.manager, **TRAINING)
    assert (written, len(left), TrainingEntry.objects.count()) == ([], 2, 2)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"to_date": dt.date(2026, 5, 15)}, "to_date"),
        ({"to_date": dt.date(2030, 1, 1)}, "to_date"),
        ({"name": "  "}, "name"),
    ],
)
def test_an_impossible_training_is_refused(town, changed, field):
    with pytest.raises(Refused) as refused:
        services.write_training([town.volunteer], organization=town.body, by=town.manager, **(TRAINING | changed))
    assert refused.value.field == field


def test_only_the_bodys_own_staff_write_and_never_for_themselves(town):
    with pytest.raises(Denied):
        services.write_training([town.volunteer], organization=town.body, by=town.other_manager, **TRAINING)
    written, left = services.write_training([town.manager], organization=town.body, by=town.manager, **TRAINING)
    assert (written, left) == ([], [town.manager])


def test_a_line_is_put_right_by_a_new_one_and_never_changed(town):
    [entry], _left = services.write_training([town.volunteer], organization=town.body, by=town.manager, **TRAINING)
    made = services.correct_entry(entry, reason="多算了", by=town.manager, **(TRAINING | {"minutes": 120}))
    assert (made.corrects, TrainingEntry.objects.counting().get().minutes) == (entry, 120)
    with pytest.raises(Refused):
        services.correct_entry(entry, reason="再来", by=town.manager, **(TRAINING | {"minutes": 60}))
    with pytest.raises(DatabaseError), transaction.atomic():
        TrainingEntry.objects.filter(pk=entry.pk).update(minutes=9)
    services.withdraw_entry(made, reason="记错人", by=town.manager)
    assert (TrainingEntry.objects.counting().count(), TrainingEntry.objects.count()) == (0, 3)


def test_a_claim_with_proof_becomes_a_line(town):
    made = claim(town)
    assert made.answer_due_at.date() == dt.date(2026, 6, 25)  # ten working days, with the Dragon Boat holiday between
    with pytest.raises(Denied):
        services.answer_claim(made, accept=True, by=town.volunteer)
    answered = services.answer_claim(made, accept=True, by=town.manager)
    assert (answered.training.minutes, answered.training.organization, answered.state) == (120, town.body, "accepted")
    assert Notice.objects.get(kind="dossier.claim_accepted").person == town.volunteer


def test_proof_is_asked_where_the_rule_asks(town):
    honour = {"kind": "honour", "content": "", "minutes": None, "proof": b""}
    for changed in ({"proof": b""}, {"proof": b"GIF89a"}, honour | {"is_government": True}):
        with pytest.raises(Refused) as refused:
            claim(town, **changed)
        assert refused.value.field == "proof"
    made = services.answer_claim(claim(town, **honour), accept=True, by=town.manager)
    assert HonourEntry.objects.get() == made.honour


def test_a_claim_goes_to_a_body_of_ones_own(town):
    with pytest.raises(Refused) as refused:
        claim(town, organization=town.other)
    assert refused.value.field == "organization"


def test_a_claim_sent_twice_is_one(town):
    made = claim(town)
    with pytest.raises(Refused) as refused:
        claim(town)
    assert refused.value.field == "name"
    services.withdraw_claim(made, by=town.volunteer)
    assert claim(town).state == "open"


def test_evaluations_are_due_in_ten_working_days_and_written_once(town, record, clock):
    [due] = queries.evaluations_due(town.manager)
    assert (due.waiting, due.due_at.date()) == (1, dt.date(2026, 6, 24))
    with pytest.raises(Refused) as refused:
        services.evaluate_shift(record.shift, grades={town.volunteer.pk: ("poor", "")}, by=town.manager)
    assert refused.value.field == "words"
    services.evaluate_shift(record.shift, grades={town.volunteer.pk: ("good", "守时")}, by=town.manager)
    assert queries.evaluations_due(town.manager) == []
    with pytest.raises(Refused):
        services.evaluate_shift(record.shift, grades={town.volunteer.pk: ("poor", "迟到了很久")}, by=town.manager)
    assert ServiceEvaluation.objects.get().grade == "good"


def test_a_body_is_reminded_once_before_an_evaluation_is_late(town, record, clock):
    assert remind(today=dt.date(2026, 6, 10)) == 0
    clock.move_to(dt.datetime(2026, 6, 23, 2, tzinfo=dt.UTC))
    assert (remind(today=dt.date(2026, 6, 23)), remind(today=dt.date(2026, 6, 23))) == (1, 0)


# Belonging


def test_three_yes_move_somebody_and_every_record_stays(town, record):
    [transfer] = services.ask_transfer([town.volunteer], from_organization=town.body, to_organization=town.other, by=town.manager)
    assert (transfer.state, transfer.from_agreed_at is None, transfer.to_agreed_at) == ("open", False, None)
    services.agree(transfer, by=town.other_manager)
    done = services.agree(transfer, by=town.volunteer)
    assert done.state == "done"
    assert [row.organization for row in Membership.objects.filter(person=town.volunteer, to_date__isnull=True)] == [town.other]
    kept = ServiceRecord.objects.get()
    assert (kept.organization, kept.person, queries.dossier_of(town.volunteer).minutes) == (town.body, town.volunteer, record.minutes)
    assert services.agree(transfer, by=town.volunteer).state == "done"


def test_somebody_without_account_says_yes_on_paper_and_not_to_who_asked(town):
    elder = recorded.person("王桂兰")
    Membership.objects.create(person=elder, organization=town.body, kind="member", from_date=dt.date(2024, 1, 1))
    [transfer] = services.ask_transfer([elder], from_organization=town.body, to_organization=town.other, by=town.manager)
    for by, where in ((town.manager, "档案柜 3"), (town.other_manager, " ")):
        with pytest.raises((Denied, Refused)):
            services.note_paper(transfer, paper=where, by=by)
    services.agree(transfer, by=town.other_manager)
    done = services.note_paper(transfer, paper="档案柜 3", by=town.other_manager)
    assert (done.state, done.paper, done.paper_noted_by) == ("done", "档案柜 3", town.other_manager)
    [other] = services.ask_transfer([town.volunteer], from_organization=town.body, to_organization=town.other, by=town.manager)
    with pytest.raises(Denied):  # has an account and answers there
        services.note_paper(other, paper="档案柜 3", by=town.other_manager)


def test_thirty_move_at_once_and_one_no_stops_one(town):
    people = [recorded.person(f"林{number:02}") for number in range(30)]
    for person in people:
        Membership.objects.create(person=person, organization=town.body, kind="employee", from_date=dt.date(2024, 1, 1))
    made = services.ask_transfer(people, from_organization=town.body, to_organization=town.other, by=town.hub)
    assert {(row.from_agreed_at is None, row.to_agreed_at is None) for row in made} == {(False, False)}
    services.refuse_transfer(made[0], by=people[0])
    for row in made[1:]:
        services.agree(row, by=row.person)
    assert Membership.objects.filter(organization=town.other, to_date__isnull=True).count() == 29
    assert Transfer.objects.filter(state="refused").count() == 1
    with pytest.raises(Refused):
        services.ask_transfer([*people, town.volunteer], from_organization=town.body, to_organization=town.other, by=town.hub)


def test_nobody_moves_people_of_others(town):
    with pytest.raises(Denied):
        services.ask_transfer([town.volunteer], from_organization=town.body, to_organization=recorded.organization(), by=town.other_manager)
    [transfer] = services.ask_transfer([town.volunteer], from_organization=town.body, to_organization=town.other, by=town.volunteer)
    with pytest.raises(Denied):
        services.agree(transfer, by=recorded.manager(recorded.organization()))


# Leaving for good


def test_an_erased_person_leaves_their_records_under_a_number(town, record):
    services.write_training([town.volunteer], organization=town.body, by=town.manager, **TRAINING)
    services.evaluate_shift(record.shift, grades={town.volunteer.pk: ("good", "")}, by=town.manager)
    services.erase_person(town.volunteer, by=town.volunteer)
    person = Person.objects.get(pk=town.volunteer.pk)
    assert (person.name, person.phone, Account.objects.get(person=person).is_active) == (person.number, "", False)
    assert Membership.objects.filter(person=person, to_date__isnull=True).count() == 0
    dossier = queries.dossier_of(person)
    assert (dossier.minutes, len(dossier.training), len(dossier.evaluations)) == (record.minutes, 1, 1)
    assert {years for years, _source in RETENTION.values()} == {10}


def test_entries_joined_into_ones_own_are_erased_with_it(town):
    other = recorded.person("李晓雯", phone="13800000009")
    accounts.merge_person(other, into=town.volunteer, by=town.hub)
    services.erase_person(town.volunteer, by=town.volunteer)
    other.refresh_from_db()
    assert (other.name, other.phone, broken()) == (other.number, "", {})


def test_who_leaves_does_not_move_any_more(town):
    [transfer] = services.ask_transfer([town.volunteer], from_organization=town.body, to_organization=town.other, by=town.volunteer)
    services.erase_person(town.volunteer, by=town.volunteer)
    for manager in (town.manager, town.other_manager):
        with pytest.raises(Refused):
            services.agree(transfer, by=manager)
    assert not Membership.objects.filter(person=town.volunteer, to_date__isnull=True).exists()


def test_the_last_manager_hands_over_before_leaving(town):
    with pytest.raises(Refused):
        services.erase_person(town.manager, by=town.manager)
    assert Person.objects.get(pk=town.manager.pk).erased_at is None
