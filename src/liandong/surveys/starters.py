"""Surveys to begin with. Their words are meant to be changed."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.needs.models import Segment
from liandong.surveys.definition import COMMUNITY, DATE, INTEGER, LONG, MANY, NEED, NOTE, ONE, ORGANIZATION, SCALE, SEGMENT, TEXT, Definition, tidy


@dataclass(frozen=True)
class Starter:
    key: str
    label: Any
    note: Any
    title: str
    intro: str
    is_anonymous: bool
    segments: tuple[str, ...]
    definition: Definition


def q(name: str, kind: str, label: str, label_en: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "label": label, "label_en": label_en, **more}


def c(*pairs: str) -> list[dict[str, str]]:
    """ "name 中文 | English" each."""
    found = []
    for pair in pairs:
        name, _space, words = pair.partition(" ")
        label, _bar, label_en = words.partition(" | ")
        found.append({"name": name, "label": label, "label_en": label_en})
    return found


def page(name: str, label: str, label_en: str, *questions: dict[str, Any], relevant: str = "") -> dict[str, Any]:
    return {"name": name, "label": label, "label_en": label_en, "relevant": relevant, "questions": list(questions)}


FIRMS = Starter(
    "firms",
    _("Needs of firms, by size"),
    _("Three pages, five minutes; for HR or the trade union of a firm."),
    "企业需求调研",
    "请一位了解员工情况的同事来填，大约 5 分钟。您写的话会逐句看，能办的就办起来。",
    False,
    (Segment.SMALL_FIRM, Segment.MEDIUM_FIRM, Segment.LARGE_FIRM),
    tidy({
        "pages": [
            page(
                "firm", "企业情况", "Your firm",
                q("name", TEXT, "企业名称", "Name of the firm", purpose=ORGANIZATION, required=True),
                q("size", ONE, "在职员工有多少人？", "How many people work here?", purpose=SEGMENT, required=True,
                  choices=c("small_firm 小型企业：不到 100 人 | Small firm: fewer than 100", "medium_firm 中型企业：100 到 299 人 | Medium firm: 100 to 299",
                            "large_firm 大型企业：300 人及以上 | Large firm: 300 and more")),
                q("young", INTEGER, "其中 35 岁以下大约有多少人？", "About how many are under 35?", constraint=". >= 0 and . <= 100000", message="请填 0 到 100000 之间的数。",
                  message_en="Enter a number from 0 to 100,000."),
            ),
            page(
                "wishes", "员工需要什么", "What your people need",
                q("topics", MANY, "员工最需要哪些方面的服务？", "Which services do your people need most?", required=True, other=True,
                  choices=c("body 体检、肩颈、睡眠 | Check-ups, neck and back, sleep", "mind 情绪减压、心理咨询 | Stress and counselling", "child 孩子托管、亲子活动 | Child care, family activities",
                            "team 团建、联谊、交友 | Team building, meeting people", "skill 技能提升、数字化转型 | Skills, going digital", "life 午餐、停车、通勤 | Lunch, parking, commuting")),
                q("child_when", MANY, "孩子托管最缺哪个时段？", "When is child care missing most?", relevant="selected(${topics}, 'child')",
                  choices=c("after 放学后到下班前 | After school", "summer 寒暑假 | School holidays", "weekend 周末 | Weekends")),
                q("morale", SCALE, "您觉得员工的归属感怎么样？", "How much do people feel they belong?", hint="1 很低，5 很高", hint_en="1 very little, 5 very much"),
                q("needs", LONG, "有什么具体的需要，请用自己的话写一写。", "Which needs do you see? In your own words.", purpose=NEED, hint="一件事写一句就行。",
                  hint_en="One sentence for each."),
            ),
            page(
                "give", "企业能出什么", "What you could bring",
                q("gives", MANY, "愿意为周边社区做些什么？", "What would you do for the neighbourhood?", other=True,
                  choices=c("hands 员工来做志愿者 | People who volunteer", "room 借会议室、场地 | Lend rooms", "craft 出专业能力（法律、医药、修理……） | Professional help", "money 资助项目 | Fund a project",
                            "none 暂时没有 | Nothing at present")),
                q("limits", LONG, "办这些事，眼下最难的是什么？", "What makes it hard at present?", purpose=NEED),
            ),
        ]
    }),
)  # fmt: skip

HOMES = Starter(
    "homes",
    _("Household survey of a community"),
    _("For the door-to-door round of community workers; works well on paper."),
    "社区需求入户调查",
    "想听听您家里的难处和想法。不写姓名，大约 4 分钟。",
    True,
    (Segment.ELDERS, Segment.PARENTS, Segment.STAFF, Segment.YOUTH, Segment.DISABLED),
    tidy({
        "pages": [
            page(
                "home", "您和家里", "You and your home",
                q("who", ONE, "您更接近哪一类？", "Which fits you best?", purpose=SEGMENT, required=True,
                  choices=c("elders 老人：60 岁及以上 | Older people: 60 and over", "parents 家长：家有未成年孩子 | Parents of children under 18", "disabled 残疾人或其家人 | People with disabilities",
                            "youth 青年：35 岁以下 | Young people: under 35", "staff 职工：其他上班的人 | Employees")),
                q("where", ONE, "您住在哪个社区？", "In which community do you live?", purpose=COMMUNITY),
                q("alone", ONE, "家里平时几个人住？", "How many live in your home?", choices=c("one 一个人 | One", "two 两个人 | Two", "more 三个人及以上 | Three or more")),
                q("alone_help", ONE, "有急事时，身边叫得到人吗？", "Is somebody near when something happens?", relevant="${alone} = 'one'",
                  choices=c("yes 叫得到 | Yes", "hard 不一定 | Not always", "no 叫不到 | No")),
            ),
            page(
                "life", "平日里的事", "Everyday life",
                q("hard", MANY, "下面哪些事让您为难？", "What is hard for you?", other=True,
                  choices=c("meal 吃饭、助餐 | Meals", "doctor 看病、挂号、取药 | Doctors and medicine", "repair 家里东西坏了没人修 | Repairs", "stairs 上下楼、楼道 | Stairs and hallways",
                            "child 接送、看管孩子 | Looking after children", "talk 没人说话 | Nobody to talk to", "phone 手机不会用 | Using a phone", "none 都还好 | All is well")),
                q("happy", SCALE, "住在这里，您满意吗？", "How do you like living here?", hint="1 很不满意，5 很满意", hint_en="1 not at all, 5 very much"),
                q("wish", LONG, "社区最该先办的是什么？请用自己的话说。", "What should be done first? In your own words.", purpose=NEED, hint="一件事说一句就行。",
                  hint_en="One sentence for each."),
                q("thanks", NOTE, "您说的每一句都会有人看。能办的会告诉大家办得怎么样。", "Somebody reads every sentence. What can be done will be, and everybody can follow it."),
            ),
        ]
    }),
)  # fmt: skip

OUTDOOR = Starter(
    "outdoor",
    _("Outdoor workers"),
    _("Riders, couriers, street cleaners; one page, two minutes at a rest station."),
    "户外劳动者小调查",
    "两分钟，不留姓名。想知道歇脚、热饭、充电还缺什么。",
    True,
    (Segment.OUTDOOR,),
    tidy({
        "pages": [
            page(
                "work", "", "",
                q("job", ONE, "您做哪一行？", "What is your work?", purpose=SEGMENT, required=True,
                  choices=c("outdoor 户外骑手、外卖、快递 | Outdoor: rider, courier", "outdoor_clean 户外环卫、保洁 | Outdoor: cleaning", "outdoor_other 户外其他 | Outdoor: other")),
                q("since", DATE, "从哪天起在这一片干活？", "Since when do you work around here?"),
                q("hours", INTEGER, "一天大约干几个小时？", "How many hours a day?", constraint=". >= 1 and . <= 24", message="请填 1 到 24。", message_en="From 1 to 24, please."),
                q("rest", ONE, "累了有地方歇吗？", "Is there a place to rest?", required=True, choices=c("yes 有 | Yes", "far 有，但太远 | Yes, but too far", "no 没有 | No")),
                q("lacks", MANY, "歇脚的地方缺什么？", "What is missing there?", relevant="${rest} = 'yes' or ${rest} = 'far'", other=True,
                  choices=c("water 热水 | Hot water", "microwave 微波炉 | Microwave", "charge 充电 | Charging", "toilet 厕所 | Toilet", "seat 座位 | Seats", "medicine 常用药 | Medicine")),
                q("wish", LONG, "还有什么想让我们帮忙的？", "What else should we help with?", purpose=NEED),
            )
        ]
    }),
)  # fmt: skip

STARTERS = {starter.key: starter for starter in (FIRMS, HOMES, OUTDOOR)}
