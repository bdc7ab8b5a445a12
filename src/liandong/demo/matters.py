"""Common needs of the last weeks, planted: many voices for one matter, quiet groups, growth, and near-misses. Then the themes are found in them."""

import datetime as dt
from random import Random
from typing import Any

from django.db.models import OuterRef, Subquery

from liandong.core.search import vector
from liandong.demo import voices
from liandong.demo.tools import BATCH, DAY, HOUR
from liandong.needs.models import Need, NeedAnswer, Segment
from liandong.needs.services import answer_due_from
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import ProjectNeed
from liandong.themes import services as themes
from liandong.themes.models import SegmentPopulation, ServicePackage, Theme, ThemeMember, ThemeStep
from liandong.themes.services.running import MINER

FIRMS = {Segment.SMALL_FIRM: (0, 99), Segment.MEDIUM_FIRM: (100, 299), Segment.LARGE_FIRM: (300, 10**9)}
POPULATION = {"elders": 6_800, "staff": 1_200, "parents": 2_000, "outdoor": 4_200, "shops": 700, "disabled": 860}
MORE_STREETS = 0.5  # what a street of a district asks, beside a street that stands alone
RESAMPLES = 24
# Words that tell a matter -> what the hub calls it.
NAMES = (
    (("挂号", "预约看病"), "老人不会用手机挂号"),
    (("家电", "电饭煲", "收音机", "电器"), "家里小家电坏了没处修"),
    (("歇脚", "热饭"), "骑手午休没处歇脚"),
    (("楼道灯", "扶手"), "楼道灯暗、扶手松"),
    (("说说话", "独居"), "想有人陪着说说话"),
)
PACKAGES = (
    ("small_firm", "小型企业凝聚力包", "人不多、没有工会的小公司，一起把心拢一拢。", ("每季一次联合团建，几家公司凑一场", "新员工破冰半日", "社工驻点，帮着出方案", "生日会和小运动会的物料借用"), "team"),
    ("medium_firm", "中型企业转型包", "正在转型的公司，给员工把课补上。", ("数字化工具入门课，每月一次", "同行走访半日", "中层工作坊"), "digital"),
    ("outdoor", "户外劳动者暖心包", "给骑手、环卫和工友：歇脚、热饭、理发。", ("歇脚点地图和钥匙码", "每月一次义剪", "夏送清凉、冬送热水"), "rider"),
)  # fmt: skip


def plant(town: Any) -> None:
    """Needs of the last twelve weeks, most of them taken over and answered, the older ones partly done."""
    rng = Random(f"{town.seed}-common")  # noqa: S311 -- repeatable on purpose
    codes = iter(lambda: "N" + "".join(rng.choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=7)), "")
    needs: list[Need] = []
    answers: list[NeedAnswer] = []
    links: list[ProjectNeed] = []
    residents: dict[int, list[Any]] = {street.pk: [] for street in town.streets}
    for person in town.residents[1:]:
        residents[town.home_of[person.pk].parent_id].append(person)
    projects = _projects_by_matter(town)
    for number, street in enumerate(town.streets):
        share = 1.0 if number == 0 else MORE_STREETS
        for planted in voices.PLANTED:
            _plant_one(town, rng, codes, street, planted, share, residents[street.pk], needs, answers, links, projects)
        for said in voices.NEAR_MISSES:
            for _ in range(1 if share < 1 else rng.choice((1, 1, 2))):
                community = rng.choice(town.in_street[street.pk])
                need = _need(town, rng, codes, said.format(c=community.name), community, town.today - rng.randint(0, 83) * DAY, "other", "")
                need.asker = rng.choice(residents[street.pk])
                needs.append(need)
                _live(town, rng, need, answers)
    town.save(needs)
    for row in (*answers, *links):
        row.need_id = row.need.pk
    town.save(answers)
    town.save(links)
    for need in needs:
        for state in ("submitted", "accepted", "claimed", "matched", "planned", "active", "done"):
            if moment := getattr(need, f"{state}_at"):
                town.note(f"need.{state}", need, moment, need.submitted_by if state == "submitted" else need.handler, state=state)
        if need.closed_at:
            town.note(f"need.{need.state}", need, need.closed_at, need.handler, state=need.state)
    town.say(f"{len(needs)} needs of common matters")


def _plant_one(
    town: Any, rng: Random, codes: Any, street: Territory, planted: voices.Planted, share: float, people: list[Any], needs: list[Need],
    answers: list[NeedAnswer], links: list[ProjectNeed], projects: dict[tuple[str, int], Any],
) -> None:  # fmt: skip
    told = list(voices.VOICES[planted.key])
    places = rng.sample(town.in_street[street.pk], k=min(len(town.in_street[street.pk]), rng.choice((3, 4, 5))))
    askers = rng.sample(people, k=len(people))
    weeks = voices.SHAPES[planted.shape]
    for segment, count in planted.who:
        bodies = _firms(town, street, segment)
        for turn in range(max(1, round(count * share))):
            week = rng.choices(range(12), weeks)[0]
            day = town.today - dt.timedelta(days=(11 - week) * 7 + rng.randint(0, 6))
            community = places[min(int(abs(rng.gauss(0, 1.1))), len(places) - 1)]
            said = rng.choice(told).format(c=community.name)
            said = rng.choice(voices.OPENINGS) + said + rng.choice(voices.ENDINGS)
            need = _need(town, rng, codes, said, community, day, planted.category, segment)
            if bodies:
                body = bodies[turn % len(bodies)]
                need.asker_organization, need.asker_name, need.submitted_by = body, body.name, town.staff[body.pk]
            elif rng.random() < 0.1:
                need.source = "survey"  # somebody who did not give a name
            else:
                need.asker = askers.pop() if askers else rng.choice(people)
                need.submitted_by = need.asker if rng.random() < 0.5 else town.staff[town.committees[community.pk].pk]
                need.source = rng.choices(("form", "visit", "survey"), (5, 3, 2))[0]
            needs.append(need)
            project = projects.get((planted.key, street.pk))
            if project is not None and rng.random() < 0.3 and _join(need, project, town, answers):
                links.append(ProjectNeed(project=project, need=need, added_at=need.planned_at))
            else:
                _live(town, rng, need, answers)


def _need(town: Any, rng: Random, codes: Any, said: str, community: Territory, day: dt.date, category: str, segment: str) -> Need:
    moment = min(town.at(day, rng.randint(9, 17), rng.randint(0, 59)), town.now - dt.timedelta(minutes=rng.randint(5, 300)))
    number = next(codes)
    while number in town.used_codes:
        number = next(codes)
    town.used_codes.add(number)
    title = said.split("，", 1)[1] if said.startswith(voices.OPENINGS[4:]) else said
    return Need(
        number=number,
        words=said,
        title=title.rstrip("。？！")[:40],
        category=category,
        segment=segment,
        urgency=rng.choices((0, 1, 2), (12, 2, 1))[0],
        territory=community,
        place=community.name,
        people_count=rng.choice((None, None, 1, 1, 2, 3)),
        wanted_time=rng.choice(("", "weekends", "evenings", "soon")),
        answer_due_at=answer_due_from(moment),
        submitted_at=moment,
        search=vector(said, community.name),
    )


def _live(town: Any, rng: Random, need: Need, answers: list[NeedAnswer]) -> None:
    """Taken over and answered within two days; what is older than three weeks is often done."""
    age = (town.now - need.submitted_at).total_seconds() / 86_400
    if age < 1:
        return
    community = need.territory
    body = town.committees[community.pk]
    need.accepted_at = need.submitted_at + rng.uniform(0.05, 0.4) * DAY
    need.claimed_at = need.accepted_at + rng.uniform(0.05, 0.3) * DAY
    need.answered_at = need.claimed_at + HOUR / 2
    need.state, need.claimed_by, need.handler = "claimed", body, town.staff[body.pk]
    answers.append(
        NeedAnswer(
            need=need,
            words="好几位街坊都提了，打算一起办，有准信先告诉您。",
            answered_by=need.handler,
            organization=body,
            answered_at=need.answered_at,
        )
    )
    if age > 45 or (age > 21 and rng.random() < 0.3):
        need.matched_at = need.claimed_at + rng.uniform(1, 6) * DAY
        need.done_at = need.claimed_at + rng.uniform(8, 18) * DAY
        need.state = "done"
        if rng.random() < 0.6:
            need.state, need.closed_at, need.closing_words = "confirmed", need.done_at + rng.uniform(0.5, 2) * DAY, "办成了，谢谢。"


def _projects_by_matter(town: Any) -> dict[tuple[str, int], Any]:
    """(matter, street) -> a running project that has held something within the last weeks."""
    held = {activity.project_id for activity, *_ in town.rows if activity.finished_at and activity.finished_at > town.now - 60 * DAY}
    found: dict[tuple[str, int], Any] = {}
    for project, needs in town.project_needs:
        if project.state == "running" and project.pk in held and needs:
            found[(town.theme_of[needs[0].number].key, needs[0].territory.parent_id)] = project
    return found


def _join(need: Need, project: Any, town: Any, answers: list[NeedAnswer]) -> bool:
    """A need asked before the project was set up goes the way of the project."""
    if not need.submitted_at < project.created_at - 2 * DAY:
        return False
    step = (project.created_at - need.submitted_at) / 5
    body = town.committees[need.territory.pk]
    need.claimed_by, need.handler = body, town.staff[body.pk]
    need.accepted_at, need.claimed_at = need.submitted_at + step * 0.2, need.submitted_at + step * 0.5
    need.answered_at = min(need.claimed_at + HOUR, need.submitted_at + step)
    need.matched_at, need.planned_at = need.submitted_at + step * 3, project.created_at
    need.active_at = max(project.approved_at, project.created_at) + HOUR
    need.state = "active"
    answers.append(
        NeedAnswer(need=need, words="已经立项，活动定了就通知您。", answered_by=need.handler, organization=body, answered_at=need.answered_at)
    )
    return True


def _firms(town: Any, street: Territory, segment: str) -> list[Organization]:
    if segment not in FIRMS:
        return []
    low, high = FIRMS[Segment(segment)]
    return [firm for firm in town.firms_of[street.pk] or town.enterprises if low <= (firm.staff_count or 0) <= high]


# Themes


def find_themes(town: Any) -> None:
    """Calculate, then decide a little, as the hub would: what is one matter is joined and named, one stays together, one need is put right."""
    run = themes.run_now(resamples=RESAMPLES, by=MINER)
    _populations(town)
    hub = town.cast["hub"]
    named: list[Theme] = []
    for words, label in NAMES:
        parts = [theme for theme in _largest() if any(word in theme.label + "".join(theme.phrases) for word in words)][:4]
        if not parts:
            continue
        for part in parts[1:]:
            themes.merge_theme(part, into=parts[0], by=hub)
        named.append(themes.rename_theme(parts[0], label=label, by=hub))
    if named:
        themes.lock_theme(named[0], by=hub)
    for theme in _largest():
        hardly = (
            ThemeMember.objects.filter(theme=theme, degree__lt=0.5, placed_by="machine")
            .select_related("need__territory")
            .order_by("degree", "pk")
            .first()
        )
        if hardly is not None:
            themes.move_needs([hardly.need], by=hub)
            break
    _packages(town, hub)
    _backdate(town)
    town.say(f"{run.theme_count} themes in {run.need_count} needs, {run.seconds} seconds")


def _backdate(town: Any) -> None:
    """The themes were found over the months, the decisions are some days old."""
    found = list(ThemeStep.objects.filter(kind=ThemeStep.Kind.FOUND).order_by("pk"))
    for place, step in enumerate(found):
        step.at = town.now - (30 + place * 7 % 200) * DAY
    ThemeStep.objects.bulk_update(found, ["at"], batch_size=BATCH)
    Theme.objects.filter(pk__in=[step.theme_id for step in found]).update(
        first_seen_at=Subquery(ThemeStep.objects.filter(theme=OuterRef("pk"), kind="found").values("at")[:1])
    )
    decided = list(ThemeStep.objects.filter(decided_by__isnull=False).order_by("-pk"))
    for place, step in enumerate(decided):
        step.at = town.now - (2 + place // 3) * DAY - (place % 3) * HOUR
    ThemeStep.objects.bulk_update(decided, ["at"], batch_size=BATCH)


def _largest() -> list[Theme]:
    counts: dict[int, int] = {}
    for pk in ThemeMember.objects.filter(theme__isnull=False).values_list("theme", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    found = Theme.objects.in_bulk(counts)
    return sorted(found.values(), key=lambda theme: (-counts[theme.pk], theme.pk))


def _populations(town: Any) -> None:
    for number, street in enumerate(town.streets):
        for segment, people in POPULATION.items():
            SegmentPopulation.objects.create(
                territory=street, segment=segment, people=people + 37 * number, source="街道人口台账", as_of_date=town.today - 200 * DAY
            )


def _packages(town: Any, hub: Any) -> None:
    for place, (segment, title, summary, lines, key) in enumerate(PACKAGES):
        wanted = voices.VOICES[key][0][:6]
        fitting = [
            theme for theme in _largest() if any(phrase in "".join(voices.VOICES[key]) for phrase in theme.phrases[:2]) or wanted in theme.label
        ][:2]
        package = themes.keep_package(
            None, territory=town.streets[0], segment=segment, title=title, summary=summary, lines=lines, themes=fitting, by=hub
        )
        ServicePackage.objects.filter(pk=package.pk).update(
            reviewed_at=town.now - (40 + place) * DAY, reviewed_by=hub, top_then=[theme.pk for theme in fitting[:1]]
        )
