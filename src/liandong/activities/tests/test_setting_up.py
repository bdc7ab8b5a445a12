import datetime as dt

import pytest

from liandong.activities import queries, services
from liandong.activities.forms import ShiftForm
from liandong.activities.models import Activity, SignUp
from liandong.activities.services import PositionPlan, ShiftPlan
from liandong.activities.tests import factories as make
from liandong.core.errors import Conflict, Denied, Refused
from liandong.journal.queries import history_of
from liandong.needs.tests.factories import Town
from liandong.notices.models import Notice
from liandong.projects.tests import factories as projects

pytestmark = pytest.mark.django_db


def plan(day=3, hour=14, *, capacity=6, name="登记引导", kind="volunteer", **fields):
    return ShiftPlan(make.at(day, hour), make.at(day, hour + 2), [PositionPlan(kind, name, capacity)], **fields)


def plan_again(activity, **changes):
    """The plan of an activity as it is, each shift with the given changes."""
    return [
        ShiftPlan(
            **{
                "starts_at": shift.starts_at,
                "ends_at": shift.ends_at,
                "spot": shift.spot,
                "pk": shift.pk,
                "positions": [PositionPlan(p.kind, p.name, p.capacity, p.note, p.pk) for p in shift.positions.order_by("order")],
            }
            | changes
        )
        for shift in activity.shifts.order_by("starts_at")
    ]


def make_draft(**fields):
    host = make.make_organization()
    staff = make.make_staff(host)
    values = {
        "title": "小家电义诊",
        "host": host,
        "place": "活动站",
        "leader": staff,
        "contact_name": "周敏",
        "contact_phone": "010-5555 0186",
        "shifts": [plan()],
        "by": staff,
    } | fields
    return services.create_activity(**values), staff


def test_a_draft_has_shifts_positions_times_and_an_entry():
    activity, _staff = make_draft(shifts=[plan(day=5), plan(day=3)])
    assert (activity.state, activity.first_starts_at, activity.last_ends_at) == ("draft", make.at(3, 14), make.at(5, 16))
    assert [(p.name, p.capacity) for shift in activity.shifts.all() for p in shift.positions.all()] == [("登记引导", 6)] * 2
    assert [entry.verb for entry in history_of(activity)] == ["activity.created"]


def test_only_who_may_manage_the_host_sets_up():
    host = make.make_organization()
    with pytest.raises(Denied):
        services.create_activity(title="义诊", host=host, by=make.make_staff(make.make_organization()))
    assert Activity.objects.count() == 0


@pytest.mark.parametrize(
    ("title", "shifts", "field"),
    [
        (" ", [], "title"),
        ("义诊", [ShiftPlan(make.at(1, 9), make.at(1, 9))], "shifts"),
        ("义诊", [ShiftPlan(make.at(1, 9), make.at(3, 9))], "shifts"),
        ("义诊", [ShiftPlan(make.at(1, 9), make.at(1, 10), [PositionPlan("staff", "甲", 1), PositionPlan("staff", "甲 ", 2)])], "positions"),
        ("义诊", [ShiftPlan(make.at(1, 9), make.at(1, 10), [PositionPlan("staff", "甲", 0)])], "positions"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(title, shifts, field):
    host = make.make_organization()
    with pytest.raises(Refused) as refusal:
        services.create_activity(title=title, host=host, shifts=shifts, by=make.make_staff(host))
    assert refusal.value.field == field


def test_publishing_opens_the_sign_up():
    activity, staff = make_draft()
    activity = services.publish_activity(activity, by=staff)
    assert (activity.state, activity.version) == ("published", 2)
    assert [entry.verb for entry in history_of(activity)] == ["activity.created", "activity.published"]


def test_publishing_says_everything_that_is_missing():
    activity, staff = make_draft(place="", leader=None, contact_phone="", shifts=[ShiftPlan(make.at(-2, 9), make.at(-2, 10))])
    assert queries.missing_to_publish(activity) == [
        ("shift", "shifts"), ("position", "positions"), ("place", "place"), ("leader", "leader"), ("contact", "contact_phone"),
    ]  # fmt: skip
    with pytest.raises(Refused):
        services.publish_activity(activity, by=staff)
    assert Activity.objects.get().state == "draft"


def test_publishing_twice_is_refused():
    activity, staff = make_draft()
    services.publish_activity(activity, by=staff)
    with pytest.raises(Refused):
        services.publish_activity(activity, by=staff)


def test_an_edit_writes_named_fields_and_counts_the_version():
    activity, staff = make_draft()
    activity = services.edit_activity(activity, version=1, title="小家电义诊二", contact_phone="010-5555 0187", by=staff)
    entry = history_of(activity).last()
    assert (activity.title, activity.version) == ("小家电义诊二", 2)
    assert (entry.before, entry.after["title"], entry.after["fields"]) == ({"title": "小家电义诊"}, "小家电义诊二", ["title", "contact_phone"])


def test_an_edit_over_somebody_elses_shows_who_when_and_both():
    activity, staff = make_draft()
    other = make.make_staff(activity.host, name="王建国")
    services.edit_activity(activity, version=1, title="改过的名字", by=other)
    with pytest.raises(Conflict) as conflict:
        services.edit_activity(activity, version=1, title="我的名字", by=staff)
    assert (conflict.value.who, "我的名字" in conflict.value.mine, "改过的名字" in conflict.value.theirs) == ("王*国", True, True)
    assert conflict.value.when is not None
    assert Activity.objects.get().title == "改过的名字"


def test_a_new_time_or_place_is_told_to_the_people_and_other_changes_are_not():
    activity, staff = make_draft()
    activity = services.publish_activity(activity, by=staff)
    row = make.make_sign_up(activity.shifts.get().positions.get())
    activity = services.edit_activity(activity, version=2, summary="带上螺丝刀", by=staff)
    assert Notice.objects.filter(person=row.person).count() == 0
    activity = services.edit_activity(activity, version=3, shifts=plan_again(activity, starts_at=make.at(4, 9), ends_at=make.at(4, 11)), by=staff)
    activity = services.edit_activity(activity, version=4, place="二层礼堂", by=staff)
    notices = Notice.objects.filter(person=row.person, kind="activities.changed").order_by("pk")
    assert [(notice.values["starts_at"], notice.values["place"]) for notice in notices] == [
        (make.at(4, 9).astimezone(dt.UTC).isoformat(), "活动站"),
        (make.at(4, 9).astimezone(dt.UTC).isoformat(), "二层礼堂"),
    ]
    assert activity.first_starts_at == make.at(4, 9)


def test_more_places_move_the_line_up():
    activity, staff = make_draft(shifts=[plan(capacity=1)])
    activity = services.publish_activity(activity, by=staff)
    position = activity.shifts.get().positions.get()
    for name in ("赵芳", "刘洋", "陈静"):
        person = make.make_person(name)
        services.sign_up(position, person=person, by=person)
    shifts = plan_again(activity, positions=[PositionPlan("volunteer", "登记引导", 2, pk=position.pk)])
    services.edit_activity(activity, version=2, shifts=shifts, by=staff)
    assert list(SignUp.objects.order_by("sequence").values_list("state", flat=True)) == ["confirmed", "confirmed", "waiting"]


def test_what_people_signed_up_for_is_not_taken_away():
    activity, staff = make_draft()
    position = activity.shifts.get().positions.get()
    make.make_sign_up(position)
    make.make_sign_up(position)
    for shifts in (
        [],
        plan_again(activity, positions=[]),
        plan_again(activity, positions=[PositionPlan("volunteer", "登记引导", 1, pk=position.pk)]),
        plan_again(activity, positions=[PositionPlan("participant", "登记引导", 6, pk=position.pk)]),
    ):
        with pytest.raises(Refused):
            services.edit_activity(activity, version=1, shifts=shifts, by=staff)
    assert (activity.shifts.count(), Activity.objects.get().version) == (1, 1)


def test_shifts_and_positions_can_be_added_and_unused_ones_removed():
    activity, staff = make_draft(shifts=[plan(day=3), plan(day=4)])
    first = plan_again(activity)[0]
    services.edit_activity(activity, version=1, shifts=[first, plan(day=6, name="维修师傅", capacity=8)], by=staff)
    assert [(s.starts_at, [p.name for p in s.positions.all()]) for s in activity.shifts.order_by("starts_at")] == [
        (make.at(3, 14), ["登记引导"]),
        (make.at(6, 14), ["维修师傅"]),
    ]


def test_calling_off_tells_everybody_why_and_frees_their_time():
    activity, staff = make_draft(shifts=[plan(capacity=1)])
    activity = services.publish_activity(activity, by=staff)
    position = activity.shifts.get().positions.get()
    people = [make.make_person(name) for name in ("赵芳", "刘洋")]
    for person in people:
        services.sign_up(position, person=person, by=person)
    services.cancel_activity(activity, reason="暴雨", by=staff)
    assert list(SignUp.objects.values_list("state", "cancel_reason")) == [("cancelled", "暴雨")] * 2
    assert Notice.objects.filter(kind="activities.cancelled", values__reason="暴雨").count() == 2
    assert Activity.objects.get().cancel_reason == "暴雨"


def test_calling_off_needs_a_reason_and_nobody_there_yet():
    activity, staff = make_draft()
    activity = services.publish_activity(activity, by=staff)
    with pytest.raises(Refused):
        services.cancel_activity(activity, reason=" ", by=staff)
    make.make_attendance(make.make_sign_up(activity.shifts.get().positions.get()))
    with pytest.raises(Refused):
        services.cancel_activity(activity, reason="暴雨", by=staff)


def test_repeating_makes_an_activity_of_its_own_each_week():
    activity, staff = make_draft()
    activity = services.publish_activity(activity, by=staff)
    make.make_sign_up(activity.shifts.get().positions.get())
    copies = services.repeat_weekly(activity, weeks=2, by=staff)
    assert [(copy.first_starts_at, copy.state, copy.series_id) for copy in copies] == [
        (make.at(10, 14), "published", activity.__class__.objects.get(pk=activity.pk).series_id),
        (make.at(17, 14), "published", copies[0].series_id),
    ]
    assert [copy.shifts.get().positions.get().sign_ups.count() for copy in copies] == [0, 0]
    services.cancel_activity(copies[0], reason="放假", by=staff)
    assert list(Activity.objects.order_by("first_starts_at").values_list("state", flat=True)) == ["published", "cancelled", "published"]


@pytest.mark.parametrize("weeks", [0, 53, -1])
def test_repeating_has_its_limits(weeks):
    activity, staff = make_draft()
    with pytest.raises(Refused):
        services.repeat_weekly(activity, weeks=weeks, by=staff)


def test_finishing_writes_what_came_of_it_after_the_end_and_closes_the_shifts(clock):
    activity, staff = make_draft()
    activity = services.publish_activity(activity, by=staff)
    came, missed = make.make_sign_up(activity.shifts.get().positions.get()), make.make_sign_up(activity.shifts.get().positions.get())
    make.make_attendance(came)
    with pytest.raises(Refused):
        services.finish_activity(activity, outcome="修好 41 件", served_count=63, by=staff)
    clock.move_to(make.at(4, 9))
    activity = services.finish_activity(activity, outcome="修好 41 件", served_count=63, by=staff)
    assert (activity.state, activity.outcome, activity.served_count) == ("finished", "修好 41 件", 63)
    came.refresh_from_db()
    missed.refresh_from_db()
    assert (came.attendance.out_at, came.attendance.out_method, missed.state) == (came.shift.ends_at, "shift_end", "absent")


@pytest.mark.parametrize("verb", ["edit", "publish", "cancel", "repeat", "finish"])
def test_other_bodies_staff_is_denied(verb):
    activity, _staff = make_draft()
    stranger = make.make_staff(make.make_organization())
    act = {
        "edit": lambda: services.edit_activity(activity, version=1, title="不是我的", by=stranger),
        "publish": lambda: services.publish_activity(activity, by=stranger),
        "cancel": lambda: services.cancel_activity(activity, reason="不是我的", by=stranger),
        "repeat": lambda: services.repeat_weekly(activity, weeks=1, by=stranger),
        "finish": lambda: services.finish_activity(activity, by=stranger),
    }[verb]
    with pytest.raises(Denied):
        act()
    assert (Activity.objects.get().state, Activity.objects.count()) == ("draft", 1)


def test_a_form_sent_twice_makes_one_draft(clock):
    activity, staff = make_draft()
    values = {"title": activity.title, "host": activity.host, "shifts": [plan()], "by": staff}
    assert services.create_activity(**values) == activity
    assert (Activity.objects.count(), history_of(activity).count()) == (1, 1)
    clock.advance(minutes=11)
    assert services.create_activity(**values) != activity


def test_repeating_twice_fills_only_the_weeks_that_are_missing():
    activity, staff = make_draft()
    services.repeat_weekly(activity, weeks=2, by=staff)
    assert services.repeat_weekly(activity, weeks=2, by=staff) == []
    assert [copy.first_starts_at for copy in services.repeat_weekly(activity, weeks=3, by=staff)] == [make.at(24, 14)]
    assert Activity.objects.count() == 4


def test_publishing_gets_the_needs_of_the_project_under_way():
    from liandong.needs.models import Need
    from liandong.projects.models import Project, ProjectNeed

    activity, staff = make_draft()
    now = make.clock.now()
    project = Project.objects.create(name="小家电义诊", lead=activity.host, territory=activity.territory, state="running", created_at=now)
    needs = [
        Need.objects.create(
            words="电饭煲坏了", title="修家电", territory=activity.territory, submitted_at=now, answer_due_at=now, answered_at=now, state=state
        )
        for state in ("planned", "done")
    ]
    for need in needs:
        ProjectNeed.objects.create(project=project, need=need, added_at=now)
    Activity.objects.filter(pk=activity.pk).update(project=project)
    services.publish_activity(activity, by=staff)
    assert list(Need.objects.order_by("pk").values_list("state", flat=True)) == ["active", "done"]


def test_names_of_positions_may_change_places():
    activity, staff = make_draft(
        shifts=[ShiftPlan(make.at(3, 9), make.at(3, 11), [PositionPlan("volunteer", "甲", 2), PositionPlan("volunteer", "乙", 3)])]
    )
    first, second = activity.shifts.get().positions.order_by("order")
    swapped = [PositionPlan("volunteer", "乙", 2, pk=first.pk), PositionPlan("volunteer", "甲", 3, pk=second.pk)]
    services.edit_activity(activity, version=1, shifts=plan_again(activity, positions=swapped), by=staff)
    assert list(activity.shifts.get().positions.order_by("order").values_list("name", "capacity")) == [("乙", 2), ("甲", 3)]


def test_an_activity_joins_a_project_of_its_own_bodies_only():
    town = Town()
    project = projects.project(town)
    projects.pledges(town, project)
    for body, staff in ((town.agency, town.agency_manager), (town.community, town.manager)):
        assert services.create_activity(title="义诊", host=body, project=project, by=staff).project == project
    far = make.make_organization()
    stranger = make.make_staff(far)
    with pytest.raises(Denied):
        services.create_activity(title="义诊", host=far, project=project, by=stranger)
    assert Activity.objects.filter(host=far).count() == 0


def test_the_form_of_an_activity_shows_nothing_of_a_strange_project(client):
    town = Town()
    project = projects.project(town, name="内部草案", goal="还没有说出去")
    staff = make.make_staff(make.make_organization())
    client.force_login(make.make_account(staff))
    page = client.get(f"/activities/new/?project={project.number}").content.decode()
    assert ("内部草案" in page, "还没有说出去" in page) == (False, False)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_shift_lies_on_a_day_one_can_reach(day):
    form = ShiftForm({"date": day, "start": "22:00", "end": "01:00"})
    assert (form.is_valid(), list(form.errors)) == (False, ["date"])
