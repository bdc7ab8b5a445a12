"""Firms that host in turn: a rota of the year with what was held, a swap and two pauses under way; and a small one that is still a draft with a day nobody can take."""

import datetime as dt
import uuid
from random import Random
from typing import Any

from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import ids
from liandong.core.search import vector
from liandong.demo.tools import DAY, HOUR
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.matching.models import Rota, RotaHost
from liandong.matching.problems.rotas import circle_of, dates_of
from liandong.matching.services import rotas, turns
from liandong.organizations.models import Organization

NAME, WORDS = "创享家下午茶", "每月一家企业做庄，请园区和社区的人来坐坐：一个话题、一点手艺、一壶茶。"
PLACE = "做庄单位的会议室或一层大厅"
NEEDED = ("能坐三十人的地方，门口无台阶", "茶水和杯子", "一位主持人，一位会拍照的", "本单位的一个话题或一门手艺，四十分钟")
CHECKLIST = (
    "两周前：活动发布，海报贴到园区和社区",
    "三天前：向枢纽报人数",
    "当天：签到码、茶水、路引",
    "结束后：打扫，合影发到群里",
    "第二天：给下一家写几句",
)
TITLES = ("手冲咖啡与邻居", "旧物改造小课", "午间肩颈操", "镜头里的街区")
NOTES = (
    "来的一半是社区阿姨，话题别太专业。杯子要多备一箱，热水壶只有一个，记得再借一个。",
    "提前把停车位报给物业。互动环节比讲课受欢迎，剪刀和胶水按每桌两份准备。",
    "午间来的多是上班的人，四十分钟要准时收尾。垫子可以找街道文化站借，联系枢纽就行。",
    "请一位居民先讲五分钟，气氛马上不一样。投影仪的转接头留在枢纽了，下一家去取。",
)
CAME = (14, 17, 12, 16)
SIZE_OF_FIRST = 2


def plant(town: Any) -> None:
    """Through the verbs as far as they act now; what was held stands as it was."""
    street, hub = town.streets[0], town.cast["hub"]
    firms = [firm for firm in town.firms_of[street.pk] if firm.state == Organization.State.ACTIVE]
    own = town.enterprises[0]
    hosts = [own, *[firm for firm in firms if firm != own]][:7]
    if len(hosts) < 6:
        return
    rng = Random(f"{town.seed}-turns")  # noqa: S311 -- repeatable on purpose
    rota = _year(town, hosts, rng)
    _small(town, firms[7:10] or firms[:3], hub=hub)
    town.say(f"a rota of {len(hosts)} hosts, {rota.turns.count()} dates")


def _year(town: Any, hosts: list[Organization], rng: Random) -> Rota:
    hub, street, today = town.cast["hub"], town.streets[0], town.today
    dates = dates_of(rhythm="monthly", nth=2, weekday=5, every_weeks=4, from_date=today - 190 * DAY, to_date=today + 330 * DAY)
    past = [day for day in dates if day < today][-5:]
    coming = [day for day in dates if day > today][:8]
    rota = rotas.make_rota(
        name=NAME, words=WORDS, territory=street, dates=[*past, *coming], rhythm="monthly", nth=2, weekday=5, place=PLACE,
        needed_words="\n".join(NEEDED), checklist="\n".join(CHECKLIST), by=hub,
    )  # fmt: skip
    rotas.add_hosts(rota, organizations=hosts, by=hub)
    circle = circle_of(rota)
    of_body = {host.organization_id: host for host in circle.hosts}
    order = [of_body[body.pk] for body in hosts]
    RotaHost.objects.filter(pk=order[0].pk).update(size=SIZE_OF_FIRST, contact=town.cast["enterprise"])
    Rota.objects.filter(pk=rota.pk).update(made_at=town.at(past[0] - 30 * DAY, 10))
    turns_of = {turn.turn_date: turn for turn in rota.turns.all()}
    for number, day in enumerate(past):
        held = number < len(past) - 1
        host = order[number + 1] if held else order[0]
        turn = turns_of[day]
        turn.host, turn.state, turn.agreed_at, turn.agreed_by = (
            host,
            "held" if held else "agreed",
            town.at(day - 20 * DAY, 11),
            town.staff[host.organization_id],
        )
        if held:
            turn.notes, turn.notes_by = NOTES[number], town.staff[host.organization_id]
            turn.activity = _activity(town, host.organization, TITLES[number], day, CAME[number], rng, rated=number > 0)
        turn.save()
    rotas.edit_host(order[3], size=1, blocked_dates=[coming[1]], by=hub)
    rotas.recalculate(rota, by=hub)
    rotas.start_rota(rota, by=hub)
    rotas.pause_host(order[4], from_date=coming[0], to_date=coming[2], reason="办公室搬家，安顿好再轮", by=hub)
    turns.ask_pause(order[5], from_date=coming[3], to_date=coming[5], words="年底盘点，人手实在腾不出来", by=town.staff[hosts[5].pk])
    _swap(town, rota, order[0])
    return rota


def _swap(town: Any, rota: Rota, own: RotaHost) -> None:
    """The next host has said yes; somebody would like the day of the enterprise that a visitor may be."""
    ahead = list(rota.turns.filter(turn_date__gte=town.today, host__isnull=False).select_related("rota", "host__organization").order_by("turn_date"))
    mine = next((turn for turn in ahead if turn.host_id == own.pk), None)
    others = [turn for turn in ahead if turn.host_id != own.pk]
    if mine is None or not others:
        return
    first = others[0]
    if first.host is not None:
        turns.agree_turn(first, by=town.staff[first.host.organization_id])
    for turn in others[1:]:
        if turn.host is not None and turns.why_no_swap(turn, mine) == "":
            turns.propose_swap(turn, other=mine, words="那天公司年会，想和您家换一期", by=town.staff[turn.host.organization_id])
            return


def _activity(town: Any, host: Organization, title: str, day: dt.date, came: int, rng: Random, *, rated: bool) -> Activity:
    leader, start = town.staff[host.pk], town.at(day, 14)
    end = start + 2 * HOUR
    activity = Activity.objects.create(
        code=_code(town, rng, 7), title=title, summary=WORDS, category="culture", host=host, territory=host.territory, place=f"{host.label}一层大厅",
        leader=leader, contact_name=leader.name, contact_phone="010-5555 0186", state="finished", first_starts_at=start, last_ends_at=end,
        created_by=leader, created_at=start - 12 * DAY, published_at=start - 11 * DAY, finished_at=end + HOUR, served_count=came,
        outcome="大家聊得尽兴，留下了下次再来的约定。", search=vector(title, WORDS, host.name),
    )  # fmt: skip
    shift = Shift.objects.create(activity=activity, starts_at=start, ends_at=end, secret=f"{rng.getrandbits(128):032x}", closed_at=end + HOUR / 2)
    position = Position.objects.create(shift=shift, kind="participant", name="来坐坐", capacity=came + 4)
    free = [person for person in town.residents[1:200] if (person.pk, day) not in town.busy]
    guests = rng.sample(free, min(came, len(free)))
    town.busy.update((person.pk, day) for person in guests)
    rows = [
        SignUp(
            position=position, shift=shift, person=person, state="confirmed", sequence=number + 1, code=_code(town, rng, 6),
            signed_up_at=start - rng.randint(2, 9) * DAY, signed_up_by=person,
        )
        for number, person in enumerate(guests)
    ]  # fmt: skip
    town.save(rows)
    Shift.objects.filter(pk=shift.pk).update(next_sequence=len(rows) + 1)
    times = {"in_at": start, "out_at": end, "in_method": "list", "out_method": "shift_end", "in_by": leader, "out_by": leader}
    town.save([Attendance(sign_up=row, **times) for row in rows])
    if rated:
        answers = rng.choices((5, 4, 3), (60, 30, 10), k=max(5, came // 2))
        town.save([RatingInvitation(sign_up=row, activity=activity, asked_at=end, is_answered=n < len(answers)) for n, row in enumerate(rows)])
        town.save(
            [
                Rating(id=uuid.UUID(int=rng.getrandbits(128), version=4), activity=activity, side="served", score=score, rated_date=day + DAY)
                for score in answers
            ]
        )
    return activity


def _code(town: Any, rng: Random, length: int) -> str:
    while (code := "".join(rng.choices(ids.ALPHABET, k=length))) in town.used_codes:
        pass
    town.used_codes.add(code)
    return code


def _small(town: Any, bodies: list[Organization], *, hub: Any) -> None:
    first = town.today + (12 - town.today.weekday()) * DAY
    days = [first + 4 * 7 * number * DAY for number in range(6)]
    rota = rotas.make_rota(
        name="月末值守服务台", words="每四周一次，在社区门口摆一张桌子，解答园区和居民的小事。", territory=town.streets[0], dates=days, rhythm="weeks", weekday=5,
        every_weeks=4, place=f"{town.communities[0].name}门口", needed_words="一张桌子两把伞\n两位同事", checklist="登记本\n常用电话表", by=hub,
    )  # fmt: skip
    rotas.add_hosts(rota, organizations=bodies[:3], by=hub)
    holiday = days[2]
    for host in circle_of(rota).hosts:
        rotas.edit_host(host, size=1, blocked_dates=[holiday], by=hub)
