"""Three surveys of the demo town: firms by size (closed, its sentences are needs), homes of a community (open, some on paper), outdoor workers (a draft)."""

import datetime as dt
import uuid
from random import Random
from typing import Any

from liandong.core.search import vector
from liandong.demo.tools import DAY
from liandong.needs import suggest
from liandong.needs.mining import asking
from liandong.needs.models import Need, NeedAnswer, Segment, Source
from liandong.needs.services import answer_due_from
from liandong.organizations.models import Organization
from liandong.surveys import starters
from liandong.surveys.models import Survey, SurveyResponse, SurveySentence, SurveyTarget
from liandong.surveys.services.rounds import completed

# What firms of a size say, in the words of whoever fills it in. Some say nothing.
FIRM_WISHES: dict[str, tuple[str, ...]] = {
    "small_firm": (
        "人不多，平时各忙各的。希望街道能牵头，几家小公司凑一场团建。",
        "我们没有工会，员工生日、过节都是我一个人张罗。想学学别家怎么做凝聚力。",
        "加班多，午饭没处吃，楼下就一家便利店。最好能有个平价食堂。",
        "年轻人流动大，想办个联谊，凑不够人数。",
        "公司就十来个人，请不起心理老师，希望能有共享的心理咨询。",
        "招人难。能不能帮我们在社区发发招聘？",
        "一切都好，暂时没有。",
        "财务和社保政策变得快，希望有人来讲讲。",
        "停车太难了，员工早上绕半小时。",
        "",
        "会议室不够用，想和附近单位共享场地。",
        "孩子放学没人接，有两位同事四点就得走。希望园区有托管。",
    ),
    "medium_firm": (
        "正在上新系统，一半员工不会用。需要数字化工具的培训，最好晚上开。",
        "中层都是技术出身，带人没经验。希望组织同行走访，看看别人怎么管。",
        "员工肩颈问题突出，体检报告一半有异常。想请医生来做讲座。",
        "双职工多，寒暑假孩子没处放。盼着有职工子女托管班。",
        "转型期大家压力大，情绪容易上来。需要心理减压的活动。",
        "工会想开兴趣小组，没有老师。",
        "通勤班车取消以后，从地铁站走过来二十分钟。希望有接驳。",
        "今年招了四十个应届生，对这片不熟，想带他们认认社区。",
        "",
        "AI 工具都在用，没有章法，想请人系统讲一讲。",
    ),
    "large_firm": (
        "员工志愿服务热情高，找不到合适的项目。希望有长期、能记时长的活动。",
        "单身青年两百多人，联谊办了几次都是本公司的人，需要跨企业的。",
        "暑期托管班报名太多，场地不够，想借社区的教室。",
        "食堂有富余，愿意给户外劳动者热饭，缺人手维持秩序。",
        "想给老小区做些事，没人牵线。",
    ),
}
FIRM_TOPICS = {
    "small_firm": ("team", "mind", "life", "skill"),
    "medium_firm": ("skill", "body", "child", "mind"),
    "large_firm": ("team", "child", "body"),
}
FIRM_LIMITS = (
    "人手不够，牵头的人没有。",
    "场地。",
    "时间排不开，活动多在上班时间。",
    "经费要走流程，太慢。",
    "",
    "",
    "不知道找谁。",
    "离得远，员工不愿意再跑一趟。",
)
HOME_WISHES: dict[str, tuple[str, ...]] = {
    "elders": (
        "楼道灯一到晚上就不亮，希望修一修。扶手也松了。",
        "去医院挂号都要用手机，我不会。孩子不在身边，没人教。",
        "电饭煲坏了没人修，扔了可惜。",
        "腿脚不好，下楼一趟不容易，要是有人帮着取药就好了。",
        "一个人住，白天没人说话。想有人来坐坐。",
        "食堂的饭挺好，就是有点远。最好能送到楼下。",
        "都挺好的，谢谢你们。",
    ),
    "parents": (
        "放学三点半，我们六点才下班。希望社区能托管一会儿。",
        "孩子放暑假没处去，盼着有夏令营。",
        "小区里电动车乱停，孩子出门不放心。",
        "想让孩子跟老人学学书法，没有地方。",
    ),
    "staff": ("早出晚归，快递没处放。", "楼下夜里太吵，睡不好，希望管一管。", "没什么，平时不怎么在家。", "想周末打球，附近没有场地。"),
    "youth": ("刚搬来，谁也不认识，想参加点活动。", "租房合同看不懂，希望有人给讲讲。", "充电桩不够，回来晚了没处充。"),
    "disabled": ("门口有台阶，轮椅上不去，希望加个坡道。", "想找份在家能做的工作，没有门路。"),
}
HOME_HARD = {
    "elders": ("doctor", "stairs", "phone", "repair", "meal"),
    "parents": ("child",),
    "staff": ("repair", "none"),
    "youth": ("none", "talk"),
    "disabled": ("stairs", "doctor"),
}
OTHERS = ("社区里的路不平", "垃圾站味道大", "停车", "买菜远")


def plant(town: Any) -> None:
    """After the needs of common matters; a generator of its own, so that everything before stays the same."""
    rng = Random(f"{town.seed}-surveys")  # noqa: S311 -- repeatable on purpose
    made = [survey for number in range(len(town.streets)) for survey in _firms(town, rng, number)]
    _homes(town, rng)
    _outdoor(town, rng)
    town.say(f"{len(made) + 2} surveys, {SurveyResponse.objects.count()} answers")


def _code(town: Any, rng: Random, length: int, prefix: str) -> str:
    while True:
        made = prefix + "".join(rng.choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=length))
        if made not in town.used_codes:
            town.used_codes.add(made)
            return made


def _survey(town: Any, rng: Random, starter: starters.Starter, host: Organization, **values: Any) -> Survey:
    territory = values.pop("territory", host.territory)
    survey = Survey.objects.create(
        **{
            "number": _code(town, rng, 5, "Q"), "title": starter.title, "intro": starter.intro, "host": host, "territory": territory, "is_anonymous": starter.is_anonymous,
            "definition": completed(starter.definition, territory), "created_by": town.staff[host.pk], **values,
        }
    )  # fmt: skip
    town.note("survey.created", survey, survey.created_at, survey.created_by, state="draft")
    for verb, moment in (("survey.opened", survey.opened_at), ("survey.closed", survey.closed_at)):
        if moment is not None:
            town.note(verb, survey, moment, survey.created_by, state=survey.state)
    return survey


def _targets(survey: Survey, rows: tuple[tuple[str, int, int | None], ...]) -> None:
    SurveyTarget.objects.bulk_create(
        [SurveyTarget(survey=survey, segment=segment, wanted_count=wanted, population_count=people) for segment, wanted, people in rows]
    )


def _firms(town: Any, rng: Random, number: int) -> list[Survey]:
    """Closed six weeks ago; every firm of the street was asked, and some that are not in the town's list answered too."""
    street, host = town.streets[number], town.hubs[town.streets[number].pk]
    began = town.today - 70 * DAY
    survey = _survey(
        town, rng, starters.FIRMS, host, state=Survey.State.CLOSED, title=f"{street.name}企业需求调研", version=2, created_at=town.at(began - 3 * DAY, 15), opened_at=town.at(began, 9),
        closed_at=town.at(began + 24 * DAY, 18), opens_date=began, closes_date=began + 24 * DAY,
    )  # fmt: skip
    _targets(survey, (("small_firm", 30, 412), ("medium_firm", 15, 96), ("large_firm", 6, 14)))
    rows: list[SurveyResponse] = []
    known = [firm for firm in town.firms_of[street.pk] if firm.staff_count][:8]
    wanted = {"small_firm": 19, "medium_firm": 16, "large_firm": 7} if number == 0 else {"small_firm": 9, "medium_firm": 6, "large_firm": 5}
    for segment, count in wanted.items():
        own = [firm for firm in known if suggest.segment_of_firm(firm.staff_count) == segment]
        words = list(FIRM_WISHES[segment])
        rng.shuffle(words)
        for turn in range(count):
            firm = own[turn] if turn < len(own) else None
            name = (
                firm.name
                if firm is not None
                else f"{rng.choice('恒瑞鼎盛嘉泽瀚海致远')}{rng.choice('信通达源和创联成')}{rng.choice(('咨询', '商贸', '设计', '文化', '科技', '物流'))}有限公司"
            )
            topics = sorted(
                {rng.choice(FIRM_TOPICS[segment]), rng.choice(FIRM_TOPICS[segment]), rng.choice(("body", "mind", "child", "team", "skill", "life"))}
            )
            answers: dict[str, Any] = {"name": name, "size": segment, "topics": topics, "morale": rng.choice((2, 3, 3, 4, 4, 5))}
            people = {"small_firm": 40, "medium_firm": 180, "large_firm": 500}[segment]
            answers["young"] = rng.randint(people // 4, people * 3 // 4)
            if "child" in topics:
                answers["child_when"] = rng.choice((["after"], ["summer"], ["after", "summer"]))
            answers["needs"] = words[turn % len(words)]
            answers["gives"] = rng.choice((["hands"], ["hands", "room"], ["craft"], ["room"], ["none"], ["money", "hands"]))
            answers["limits"] = rng.choice(FIRM_LIMITS)
            body = firm if firm is not None else None
            moment = town.at(began + rng.randint(0, 23) * DAY, rng.randint(9, 17), rng.randint(0, 59))
            late = turn == 0 and segment == "small_firm"
            rows.append(
                _response(survey, rng, answers, moment if not late else survey.closed_at + dt.timedelta(minutes=7), segment=segment, organization=body,
                          territory=body.territory if body is not None else None, respondent=town.staff[body.pk] if body is not None else None, is_late=late)
            )  # fmt: skip
    _save(town, rows)
    _collect(town, rng, survey, rows, town.at(began + 26 * DAY, 9, 30))
    return [survey]


def _homes(town: Any, rng: Random) -> Survey:
    """Open for another ten days; workers bring paper, some people were asked at the door. Nobody has looked at the sentences of the last days yet."""
    place = town.communities[0]
    host, worker = town.committees[place.pk], town.staff[town.committees[place.pk].pk]
    began = town.today - 12 * DAY
    survey = _survey(town, rng, starters.HOMES, host, state=Survey.State.OPEN, created_at=town.at(began - DAY, 16), opened_at=town.at(began, 9), opens_date=began, closes_date=town.today + 10 * DAY)  # fmt: skip
    _targets(survey, (("elders", 30, 1_460), ("parents", 20, 820), ("staff", 20, 2_300), ("youth", 10, 940), ("disabled", 6, 120)))
    rows: list[SurveyResponse] = []
    paper = 0
    for segment, count in (("elders", 21), ("parents", 8), ("staff", 6), ("youth", 4), ("disabled", 5)):
        words = list(HOME_WISHES[segment])
        for turn in range(count):
            hard = sorted({rng.choice(HOME_HARD[segment]), rng.choice(HOME_HARD[segment])})
            answers: dict[str, Any] = {
                "who": segment,
                "where": f"t{place.pk}",
                "alone": rng.choice(("one", "two", "two", "more")),
                "hard": hard,
                "happy": rng.choice((2, 3, 4, 4, 5)),
            }
            if answers["alone"] == "one":
                answers["alone_help"] = rng.choice(("yes", "hard", "no"))
            if rng.random() < 0.12:
                answers |= {"hard": [*hard, "other"], "hard_other": rng.choice(OTHERS)}
            if rng.random() < 0.85:
                answers["wish"] = words[turn % len(words)]
            moment = min(town.at(began + rng.randint(0, 12) * DAY, rng.randint(9, 18), rng.randint(0, 59)), town.now - dt.timedelta(minutes=20))
            channel = "paper" if segment == "elders" and turn < 12 else "proxy" if segment in ("elders", "disabled") and turn < 15 else "link"
            paper += channel == "paper"
            rows.append(
                _response(survey, rng, answers, moment, segment=segment, territory=place, channel=channel, paper_number=paper if channel == "paper" else None,
                          has_consent=channel == "proxy", entered_by=worker if channel != "link" else None)
            )  # fmt: skip
    _save(town, rows)
    _collect(town, rng, survey, [row for row in rows if row.answered_at < town.now - 7 * DAY], town.at(town.today - 6 * DAY, 9, 30))
    return survey


def _outdoor(town: Any, rng: Random) -> None:
    host = town.committees[town.communities[0].pk]
    survey = _survey(town, rng, starters.OUTDOOR, host, created_at=town.now - 2 * DAY)
    _targets(survey, (("outdoor", 40, None),))


def _response(survey: Survey, rng: Random, answers: dict[str, Any], moment: dt.datetime, **values: Any) -> SurveyResponse:
    given = {name: value for name, value in answers.items() if value not in ("", [])}
    key = uuid.UUID(int=rng.getrandbits(128), version=4)
    return SurveyResponse(survey=survey, definition_version=survey.version, answers=given, answered_at=moment, key=key, **values)


def _save(town: Any, rows: list[SurveyResponse]) -> None:
    rows.sort(key=lambda row: row.answered_at)
    town.save(rows)
    for row in rows:
        town.note("survey.answered", row, row.answered_at, row.entered_by, survey=row.survey.number, channel=row.channel)


def _collect(town: Any, rng: Random, survey: Survey, rows: list[SurveyResponse], moment: dt.datetime) -> None:
    """Every sentence was looked at; those that ask are needs since, most of them taken over and answered."""
    by, needs, sentences, answers = town.staff[survey.host_id], list[Need](), list[SurveySentence](), list[NeedAnswer]()
    for row in rows:
        for name in ("needs", "limits", "wish"):
            text = row.answers.get(name, "")
            for sentence in asking(text):
                need = _need(town, rng, survey, row, sentence.words, moment) if sentence.asks else None
                if need is not None:
                    needs.append(need)
                    _live(town, rng, need, answers)
                sentences.append(
                    SurveySentence(
                        response=row,
                        question=name,
                        start=sentence.start,
                        end=sentence.end,
                        words=sentence.words,
                        need=need,
                        collected_by=by,
                        collected_at=moment,
                    )
                )
    town.save(needs)
    for row in (*sentences, *answers):
        if row.need is not None:
            row.need_id = row.need.pk
    town.save(sentences)
    town.save(answers)
    town.note("survey.collected", survey, moment, by, sentences=len(sentences), needs=len(needs))
    for need in needs:
        for state in ("submitted", "accepted", "claimed"):
            if at := getattr(need, f"{state}_at"):
                town.note(f"need.{state}", need, at, None if state == "submitted" else need.handler, state=state)


def _need(town: Any, rng: Random, survey: Survey, row: SurveyResponse, words: str, moment: dt.datetime) -> Need:
    territory = row.territory or survey.territory
    moment += dt.timedelta(seconds=rng.randint(0, 1800))
    return Need(
        number=_code(town, rng, 7, "N"),
        words=words,
        title=suggest.title_from(words),
        category=suggest.category_from(words),
        segment=row.segment if row.segment in Segment.values else "",
        source=Source.SURVEY,
        territory=territory,
        asker_organization=row.organization,
        submitted_at=moment,
        answer_due_at=answer_due_from(moment),
        search=vector(words),
    )


def _live(town: Any, rng: Random, need: Need, answers: list[NeedAnswer]) -> None:
    """Taken over by the community or an agency of the street, and answered in time; a few of the last days still wait for the asked."""
    if town.now - need.submitted_at < 8 * DAY and rng.random() < 0.35 and need.answer_due_at > town.now:
        return
    street = need.territory if need.territory.pk in town.hubs else need.territory.parent
    body = town.committees.get(need.territory.pk) or rng.choice(town.plan_of[street.pk] or [town.hubs[street.pk]])
    need.accepted_at = need.submitted_at + rng.uniform(0.02, 0.1) * DAY
    need.claimed_at = need.accepted_at + rng.uniform(0.02, 0.08) * DAY
    need.answered_at = need.claimed_at + rng.uniform(0.02, 0.1) * DAY
    need.state, need.claimed_by, need.handler = Need.State.CLAIMED, body, town.staff[body.pk]
    answers.append(
        NeedAnswer(
            need=need,
            words="问卷里看到的，已经记下，正在找合适的单位来办。",
            answered_by=need.handler,
            organization=body,
            answered_at=need.answered_at,
        )
    )
