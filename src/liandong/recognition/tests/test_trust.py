import pytest
from django.db import DatabaseError, transaction

from liandong.activities import services as activities
from liandong.activities.models import Attendance, Shift
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.recognition import queries, services
from liandong.recognition.models import ConfirmationRule, Outlier, OutlierLine, ServiceRecord
from liandong.recognition.reactions.records import night
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def street():
    return make.territory("建外街道", level="street")


@pytest.fixture
def hub(street):
    return make.hub_manager(street)


@pytest.fixture
def host(street):
    return make.organization(at=make.territory(parent=street))


@pytest.fixture
def rule(host, hub):
    return services.set_rule(organization=host, min_confidence=60, max_minutes=180, min_records=0, reason="两年没有一条被更正", by=hub)


def closed_shift(host, people=2, **values):
    shift = make.shift(host=host, **values)
    rows = [make.attended(of=shift) for _ in range(people)]
    activities.close_shift(shift)
    return Shift.objects.get(pk=shift.pk), rows


def test_what_is_inside_is_confirmed_by_itself_with_the_version_kept(rule, host):
    _shift, rows = closed_shift(host)
    assert [services.confirm_inside_rules() for _ in range(2)] == [2, 0]
    record = ServiceRecord.objects.get(sign_up=rows[0])
    assert (record.confirmed_under, record.confirmed_by, record.minutes) == (rule, None, 148)
    assert broken() == {}


@pytest.mark.parametrize("case", ["open shift", "too long", "weak", "by hand", "outlier", "first service", "other body", "off"])
def test_everything_else_goes_to_a_person(case, rule, host, hub):
    other = make.organization()
    shift, rows = closed_shift(other if case == "other body" else host, 1, minutes=300 if case == "too long" else 150)
    attendances = Attendance.objects.filter(sign_up=rows[0])
    if case == "open shift":
        Shift.objects.filter(pk=shift.pk).update(closed_at=None)
    elif case == "too long":
        attendances.update(out_at=shift.ends_at)
    elif case == "weak":
        attendances.update(in_method="list", out_method="list")
    elif case == "by hand":
        attendances.get()
        activities.correct_attendance(attendances.get(), in_at=shift.starts_at, out_at=shift.ends_at, reason="看名单", by=make.manager(host, "王芳"))
    elif case == "outlier":
        found = Outlier.objects.create(key="x", kind="pair", weight=60, organization=host, line_count=1, minutes=1, found_at=shift.ends_at)
        OutlierLine.objects.create(outlier=found, sign_up=rows[0])
    elif case == "first service":
        services.set_rule(organization=host, min_confidence=60, max_minutes=180, min_records=1, reason="第一次要有人看", by=hub)
    elif case == "off":
        services.set_rule(organization=host, is_on=False, min_confidence=60, max_minutes=180, min_records=0, reason="先停一停", by=hub)
    assert (services.confirm_inside_rules(), ServiceRecord.objects.count()) == (0, 0)


def test_a_body_s_own_rule_goes_before_its_place_and_versions_stay(host, hub, street):
    wide = services.set_rule(territory=street, reason="全街道", by=hub)
    assert queries.rules_in_force().of(host) == wide
    own = services.set_rule(organization=host, is_on=False, reason="这家先不要", by=hub)
    assert (own.version, queries.rules_in_force().of(host)) == (wide.version + 1, None)
    assert services.set_rule(organization=host, is_on=False, reason="又说一遍", by=hub) == own
    with pytest.raises(DatabaseError), transaction.atomic():
        ConfirmationRule.objects.filter(pk=wide.pk).update(max_minutes=700)


def test_no_body_trusts_itself(host):
    with pytest.raises(Denied):
        services.set_rule(organization=host, reason="信我们", by=make.manager(host))


@pytest.mark.parametrize(
    ("values", "field"), [({"min_confidence": 40}, "min_confidence"), ({"max_minutes": 900}, "max_minutes"), ({"reason": " "}, "reason")]
)
def test_bounds_that_make_no_sense_are_refused(host, hub, values, field):
    with pytest.raises(Refused) as refusal:
        services.set_rule(organization=host, by=hub, **{"reason": "x", **values})
    assert refusal.value.field == field


def test_the_night_looks_first_and_confirms_then(rule, host):
    _shift, rows = closed_shift(host, 6)
    Attendance.objects.filter(sign_up__in=rows).update(in_device="one")
    night()
    assert (Outlier.objects.filter(kind="same_phone").count(), ServiceRecord.objects.count()) == (1, 0)
