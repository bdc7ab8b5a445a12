"""The tests on plain rows, and what is made of their findings."""

import datetime as dt
from random import Random

import pytest

from liandong.activities.models import Attendance
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.notices.models import Notice
from liandong.recognition import outliers, queries, services
from liandong.recognition.models import Outlier, OutlierLine, ServiceRecord
from liandong.recognition.outliers import Event, Seen
from liandong.recognition.tests import factories as make

START = dt.datetime(2026, 6, 1, 14, 0)
MINUTE = dt.timedelta(minutes=1)


def seen(n, *, person=None, shift=1, at=START, minutes=120, method="venue_code", **values):
    values = {"activity": shift, "host": 1, "in_at": at, "out_at": at + minutes * MINUTE} | values
    return Seen(sign_up=n, person=n if person is None else person, shift=shift, minutes=minutes, method=method, **values)


def ordinary(rng=None, people=200):
    """A month as it is: small shifts, people who come again, a minute early or late."""
    rng = rng or Random(7)
    rows = []
    for n in range(people * 3):
        shift = 1000 + n // 6
        at = START + dt.timedelta(days=(n // 6) % 28, hours=rng.choice((0, 3)), minutes=rng.randint(-9, 6), seconds=rng.randint(0, 59))
        method = rng.choices(("venue_code", "ticket", "list"), (6, 3, 1))[0]
        confirmed = {"confirmed_by": 9000 + shift % 40, "confirmed_at": at + dt.timedelta(days=rng.uniform(1, 5))}
        rows.append(
            seen(
                10_000 + n, person=rng.randrange(people), shift=shift, at=at, minutes=rng.randint(90, 150), method=method, device=f"d{n}", **confirmed
            )
        )
    return rows


def kinds(rows, events=()):
    return {finding.kind for finding in outliers.find(rows, events)}


def test_an_ordinary_month_asks_for_nothing_but_what_overlaps():
    assert kinds(ordinary()) - {"travel"} == set()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([seen(n, device="one", at=START + n * dt.timedelta(seconds=20)) for n in range(12)], {"same_phone"}),
        ([seen(n, device="one", at=START + n * dt.timedelta(seconds=20)) for n in range(3)], set()),
        ([seen(n, device="one", at=START + n * dt.timedelta(hours=1), shift=1) for n in range(5)], set()),
        ([seen(n) for n in range(8)], {"same_second"}),
        ([seen(n, method="list") for n in range(8)], set()),
        ([seen(n, at=START + n * MINUTE) for n in range(8)], set()),
        (
            [seen(n, method="correction", at=START + n * MINUTE, entered_by=77, entered_at=dt.datetime(2026, 6, 3, 23, 40)) for n in range(6)],
            {"night_wave"},
        ),
        ([seen(n, method="correction", at=START + n * MINUTE, entered_by=77, entered_at=dt.datetime(2026, 6, 3, 10, 0)) for n in range(6)], set()),
        ([seen(n, person=5, shift=n, at=START + dt.timedelta(days=n), method="list") for n in range(5)], {"never_seen"}),
        ([seen(n, person=5, shift=n, at=START + dt.timedelta(days=n), method="list" if n else "ticket") for n in range(5)], set()),
        ([seen(n, person=1 + n % 2, in_by=2 - n % 2, shift=n, at=START + dt.timedelta(days=n), method="list") for n in range(8)], {"pair"}),
        ([seen(1, person=5), seen(2, person=5, shift=2, at=START + 30 * MINUTE)], {"travel"}),
        ([seen(1, person=5, place=(39.9, 116.4)), seen(2, person=5, shift=2, at=START + 125 * MINUTE, place=(40.2, 116.4))], {"travel"}),
        ([seen(1, person=5, place=(39.9, 116.4)), seen(2, person=5, shift=2, at=START + 125 * MINUTE, place=(39.91, 116.4))], set()),
    ],
)
def test_each_test_finds_its_own_and_lets_others_pass(rows, expected):
    assert kinds(rows) - ({"never_seen"} if "pair" in expected else set()) == expected


def test_a_crowd_without_a_trace_and_one_with_guests():
    crowd = [seen(n, at=START + n * dt.timedelta(seconds=11)) for n in range(80)]
    assert kinds(crowd, [Event(1, 1)]) == {"ghost_crowd"}
    for trace in ({"guests": 3}, {"ratings": 1}, {"needs": 1}):
        assert kinds(crowd, [Event(1, 1, **trace)]) == set()


def test_hours_beyond_what_others_do_by_their_own_measure():
    busy = [seen(n, person=5, shift=n, at=START + dt.timedelta(days=n // 2, hours=8 * (n % 2)), minutes=420) for n in range(10)]
    [finding] = [each for each in outliers.find(ordinary() + busy) if each.kind == "many_hours"]
    assert (finding.person, finding.facts["minutes_week"] >= 4200, finding.facts["usual"] < 300) == (5, True, True)


def test_a_forged_week_stands_above_the_genuine_one():
    genuine = ordinary(people=600)
    forged = [seen(n, person=n, shift=1, device="one", at=START + n * dt.timedelta(seconds=9)) for n in range(12)]
    forged += [seen(100 + n, person=100 + n, shift=2, at=START, minutes=180, in_by=3) for n in range(80)]
    forged += [
        seen(
            300 + n,
            person=300 + n,
            shift=3 + n % 3,
            at=START,
            minutes=300,
            method="correction",
            entered_by=7,
            entered_at=dt.datetime(2026, 6, 4, 1, n),
        )
        for n in range(15)
    ]
    weights: dict[int, int] = {}
    for finding in reversed(outliers.find(genuine + forged, [Event(2, 1)])):
        weights |= dict.fromkeys(finding.lines, finding.weight)
    assert (min(weights.get(row.sign_up, 0) for row in forged), max(weights.get(row.sign_up, 0) for row in genuine)) == (85, 82)


def test_the_spread_is_not_hidden_by_a_few_forgers():
    usual = [120.0] * 60 + [100.0] * 20 + [140.0] * 20
    assert outliers.robust_z(1200, usual + [1200.0] * 5) > 20


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestDecisions:
    @pytest.fixture
    def street(self):
        return make.territory("建外街道", level="street")

    @pytest.fixture
    def found(self, street):
        host = make.organization(at=make.territory(parent=street))
        shift = make.shift(host=host)
        by = make.manager(host)
        for n in range(5):
            row = make.attended(of=shift, late=n)
            Attendance.objects.filter(sign_up=row).update(in_device="one")
            services.confirm_service(row, by=by)
        assert [services.scan() for _ in range(2)] == [1, 0]
        return Outlier.objects.get()

    def test_the_row_says_why(self, found):
        words = queries.words_of(found)
        assert (found.kind, found.line_count, words.title) == ("same_phone", 5, "小家电义诊")
        assert words.why == "5 people checked in with the same phone within 240 seconds."

    def test_a_body_does_not_clear_itself_and_the_hub_does(self, found, street):
        manager, hub = make.manager(found.organization), make.hub_manager(street)
        with pytest.raises(Denied):
            services.decide_outlier(found, state="accepted", reason="他们共用一部手机", by=manager)
        with pytest.raises(Refused):
            services.decide_outlier(found, state="accepted", reason=" ", by=hub)
        services.decide_outlier(found, state="accepted", reason="老人共用一部手机，看过照片", by=hub)
        assert (services.scan(), queries.outliers_to_look_at(Outlier.objects.all()).count()) == (0, 0)
        with pytest.raises(Refused):
            services.decide_outlier(found, state="withdrawn", reason="改主意", by=hub)

    def test_hours_are_taken_back_with_the_reason_however_long(self, found):
        services.decide_outlier(found, state="withdrawn", reason="没有人到场" * 60, by=make.manager(found.organization))
        assert ServiceRecord.objects.counting().count() == 0
        assert set(ServiceRecord.objects.filter(minutes=0).values_list("reason", flat=True)) == {"没有人到场" * 40}
        assert broken() == {}

    def test_a_body_sees_only_the_attendances_of_its_own(self, found, street):
        elsewhere = make.attended(of=make.shift(host=make.organization(at=make.territory(parent=street))))
        OutlierLine.objects.create(outlier=found, sign_up=elsewhere)
        readers = make.manager(found.organization), make.manager(elsewhere.shift.activity.host), make.hub_manager(street)
        assert [queries.lines_about(found, seen_by=reader).count() for reader in readers] == [5, 1, 6]

    def test_asked_to_check_again_it_stays_and_reaches_the_body(self, found, street):
        services.decide_outlier(found, state="recheck", reason="请问组长", by=make.hub_manager(street))
        assert Notice.objects.filter(kind="outlier.recheck").count() == 1
        assert queries.outliers_to_look_at(Outlier.objects.all()).get().state == "recheck"

    def test_grown_by_half_it_is_open_again(self, found, street):
        services.decide_outlier(found, state="accepted", reason="看过照片", by=make.hub_manager(street))
        for n in range(5, 9):
            Attendance.objects.filter(sign_up=make.attended(of=found.shift, late=n)).update(in_device="one")
        services.scan()
        found.refresh_from_db()
        assert (found.state, found.line_count, found.lines.count()) == ("open", 9, 9)
