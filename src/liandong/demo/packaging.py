"""What the bodies of the demo town have to give, and one calculation of which of it meets which needs. Pieces are missing on purpose: an electrician, somebody who can sing, money for ovens."""

from dataclasses import dataclass
from random import Random
from typing import Any

from liandong.demo.tools import DAY
from liandong.matching import services
from liandong.matching.models import Resource, ResourceUse
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Skill


@dataclass(frozen=True)
class Said:
    """One line of a list, as its body wrote it."""

    of: str  # short name in the first street
    title: str
    words: str
    kind: str
    slots: str = ""
    hours: float = 0
    skill: str = ""
    topics: str = ""
    matters: str = ""
    work: tuple[tuple[str, float], ...] = ()
    features: str = ""
    capacity: int | None = None
    times: int = 1
    yuan: int = 0
    is_monthly: bool = False
    state: str = "open"


def plan(of: str, title: str, words: str, hours: float, topics: str, matters: str, **more: Any) -> Said:
    return Said(of, title, words, "plan", hours=hours, topics=topics, matters=matters, **more)


def hours(of: str, title: str, words: str, count: float, skill: str = "", slots: str = "", *, monthly: bool = True, **more: Any) -> Said:
    return Said(of, title, words, "hours", hours=count, skill=skill, slots=slots, is_monthly=monthly, **more)


def money(of: str, title: str, words: str, yuan: int, topics: str = "") -> Said:
    return Said(of, title, words, "money", yuan=yuan, topics=topics)


LISTS = (
    plan("修旧坊", "小家电义诊", "带工具来，半天能修三十件。", 2.5, "culture", "电饭煲 家电 收音机 电器 电风扇 吹风机 电水壶 微波炉 豆浆机", slots="sat_am sun_am",
         work=(("小家电维修", 5), ("", 2)), features="indoors", capacity=60, times=3, yuan=300),
    plan("银龄乐学", "银龄手机课堂", "一位老人配一位小老师，慢慢教。", 2, "elders", "手机 挂号 验证码 微信 预约看病", slots="wd_pm sat_pm", work=(("电脑手机", 4),),
         features="indoors", capacity=40, times=4),
    plan("暖邻社工", "邻里茶话会", "社工带着聊，认认左邻右舍。", 1.5, "elders", "说话 说说话 独居 空巢 唠嗑 陪", slots="wd_am sat_pm", work=(("", 3),),
         features="indoors", capacity=30, times=4, yuan=200),
    plan("青苗成长", "四点半课堂", "写作业、做手工，家长下班来接。", 2, "children", "放学 接孩子 作业 孩子没人", slots="wd_pm", work=(("", 4),), features="indoors",
         capacity=20, times=4, yuan=200),
    plan("青苗成长", "周末科学课", "火山、彩虹和磁铁，材料都备好。", 2, "children", "科学 实验 周末没地方 好玩 有意思的课", slots="sat_am sun_pm", work=(("", 2),),
         features="indoors", capacity=25, times=2, yuan=400),
    plan("同行协会", "爱心义剪", "自带工具，一上午剪二十个头。", 2, "outdoor elders", "剪头 理发 头发", slots="sat_am wd_noon", work=(("理发", 4),), capacity=30, times=3),
    plan("暖邻社工", "午间肩颈课", "不用换衣服，二十分钟动起来。", 1, "staff", "肩颈 颈椎 脖子", slots="wd_noon", work=(("医疗护理", 1),), features="indoors", capacity=30, times=3),
    plan("暖邻社工", "心理减压坊", "呼吸和放松，学会一个带回家。", 1.5, "health staff", "压力 减压 睡不好 失眠 情绪", slots="wd_eve sat_pm", work=(("心理疏导", 1.5),),
         features="indoors", capacity=30, times=2),
    plan("银龄乐学", "家门口健康日", "量血压、测血糖，药师答疑。", 2, "health", "血压 血糖 降压药 用药", slots="sat_am", work=(("医疗护理", 4), ("", 2)), capacity=80,
         times=2, yuan=150),
    plan("同行协会", "清清楼道", "和住户一起搬，留一条安全的路。", 2, "order", "楼道堆物 堆物 自行车", slots="sat_pm", work=(("", 6),), capacity=40, times=2),
    plan("同行协会", "法律门诊", "律师一对一，带上材料。", 2, "order", "合同 律师 漏水 评评理", slots="sat_am", work=(("法律咨询", 4),), features="indoors", capacity=40, times=2),
    plan("同行协会", "简历门诊", "企业人事一对一改简历、练面试。", 2, "jobs", "简历 面试 找工作", slots="sat_pm wd_eve", work=(("", 4),), features="indoors", capacity=20, times=2),
    plan("暖邻社工", "小公司一起团建", "几家公司凑一场，社工出方案带游戏。", 3, "staff", "团建 凝聚 破冰 联谊 朋友", slots="wd_pm sat_pm", work=(("活动主持", 3),),
         features="indoors", capacity=60, times=1, yuan=1_500),
    plan("银龄乐学", "一起唱吧", "从发声教起，一周一次。", 1.5, "culture", "合唱 唱歌 声乐 唱唱歌", slots="wd_am wd_pm", work=(("声乐", 1.5),), features="indoors", capacity=40, times=4),
    plan("同行协会", "点亮楼道", "换灯泡、紧扶手，一个门洞一个门洞地走。", 2, "order", "楼道灯 扶手 灯坏 声控灯 楼梯灯 楼道里黑", slots="sat_pm", work=(("电工", 3), ("", 2)),
         capacity=60, times=2, yuan=200),
    plan("暖邻社工", "骑手歇一歇", "热水、热饭、插座，坐下来说说难处。", 2, "outdoor", "骑手 歇 热饭 热水 喝水 充电", slots="wd_noon", work=(("", 2),), features="indoors", capacity=40,
         times=4, yuan=150),
    plan("同行协会", "灭火器人人会用", "消防站的师傅教，每人试一次。", 1, "order", "灭火器 飞线 消防 着火", slots="sat_am sun_am", work=(("", 2),), features="outdoors", capacity=100, times=2),
    plan("同行协会", "手艺课堂：学做面包", "面包师傅手把手，四次课。", 3, "jobs", "烘焙 手艺 面包", work=(("", 3),), features="indoors", capacity=20, yuan=6_000),
    hours("清禾电子", "维修工程师", "十二位工程师轮着来，自带万用表。", 10, "小家电维修", "sat_am sun_am"),
    hours("知微软件", "教手机的小老师", "年轻同事，有耐心。", 8, "电脑手机", "wd_pm sat_pm"),
    hours("禾木科技", "周末人手", "行政部统一报名，提前三天说就行。", 20, "", "sat_am sat_pm"),
    hours("嘉树教育", "放学后的人手", "有带孩子的经验。", 12, "", "wd_pm"),
    hours("安和物业", "楼门里的人手", "保洁和维修班，什么时候都行。", 10, ""),
    hours("瑞康医药", "护士和药师", "都有证。", 8, "医疗护理", "sat_am wd_noon"),
    hours("明德律所", "公益律师", "每月两个半天。", 8, "法律咨询", "sat_am wd_eve"),
    hours("启元广告", "主持和暖场", "年会主持班底。", 4, "活动主持"),
    hours("暖邻社工", "心理老师", "两位二级咨询师。", 4, "心理疏导", "wd_eve sat_pm"),
    hours("同行协会", "义剪队", "六位理发师，工具自带。", 10, "理发", "sat_am wd_noon"),
    hours("云帆传媒", "拍照摄像", "活动当天跟拍。", 6, "摄影摄像", "sat_am sat_pm", state="paused"),
    money("微光基金会", "邻里微基金", "老人和孩子的事，一次不超过五千元。", 12_000, "elders children culture"),
    money("禾木科技工会", "职工活动费", "园区职工都能参加的活动。", 3_000, "staff"),
    money("安程保险", "健康与平安", "办活动的小额支出。", 1_000, "health order"),
    money("华澜银行", "社区金点子", "谁的点子好就支持谁。", 2_000),
)  # fmt: skip
MORE_STREETS = ("银龄手机课堂", "邻里茶话会", "四点半课堂", "家门口健康日", "教手机的小老师", "周末人手", "放学后的人手", "护士和药师", "社区金点子")


def plant(town: Any) -> None:
    rng = Random(f"{town.seed}-packaging")  # noqa: S311 -- repeatable on purpose
    skills = {skill.name: skill for skill in Skill.objects.all()}
    by_name = {body.short_name: body for body in town.bodies}
    rows: list[Resource] = []
    for number, street in enumerate(town.streets):
        for line in LISTS:
            if number and line.title not in MORE_STREETS:
                continue
            body, ground = by_name[line.of], street
            if number or not street.holds(body.territory):
                if line.kind == "money" and number == 0:
                    ground = town.district
                elif givers := (town.plan_of if line.kind == "plan" else town.firms_of)[street.pk]:
                    body = rng.choice(givers)
                else:
                    continue
            rows.append(_row(town, rng, line, body, ground, skills))
    town.save(rows)
    for row in rows:
        town.note("resource.made", row, row.made_at, row.made_by, kind=row.kind, title=row.title)
    _used(town, rows)
    town.say(f"{len(rows)} resources")


def _row(town: Any, rng: Random, line: Said, body: Organization, street: Territory, skills: dict[str, Skill]) -> Resource:
    made = town.now - rng.randint(8, 90) * DAY
    return Resource(
        organization=body, kind=line.kind, title=line.title, words=line.words, topics=line.topics.split(), matters=line.matters.split(),
        skill=skills[line.skill] if line.skill else None, minutes=round(line.hours * 60), is_monthly=line.is_monthly,
        work=[{"skill": skill, "minutes": round(count * 60)} for skill, count in line.work], features=line.features.split(), capacity=line.capacity,
        times=line.times, fen=line.yuan * 100, slots=line.slots.split(), territory=street, state=line.state, made_by=town.staff[body.pk], made_at=made, saved_at=made,
    )  # fmt: skip


def _used(town: Any, rows: list[Resource]) -> None:
    """The project of the story has taken some hours of this month."""
    pledge = next(one for one in town.pledges if one.kind == "hours" and one.organization_id == town.enterprises[0].pk)
    hands = next(row for row in rows if row.organization_id == town.enterprises[0].pk and row.kind == "hours")
    use = ResourceUse.objects.create(resource=hands, pledge=pledge, amount=240, on_date=town.today, made_at=town.now - 5 * DAY)
    town.note("resource.asked", hands, use.made_at, pledge.agreed_by, amount=use.amount)


def calculate(town: Any) -> None:
    """The board as the hub last saw it."""
    hub = town.cast["hub"]
    run = services.match_now(town.streets[0], by=hub)
    lacking = [row["need"] for row in run.result if row["nearest"] and [piece["code"] for piece in row["nearest"]["missing"]] == ["hours"]]
    for need in Need.objects.filter(pk__in=lacking[:1]):
        services.ask_for_piece(need, by=hub)
    town.say(f"{run.met_count} of {run.need_count} needs can be met together, {run.seconds} seconds")
