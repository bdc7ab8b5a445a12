"""Thanks reach those who served, and nobody learns who wrote them."""

import datetime as dt

import pytest

from liandong.accounts.models import Person
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.honours import leaks
from liandong.honours.models import ThanksNote, ThanksReceipt
from liandong.honours.queries import thanks as queries
from liandong.honours.services import thanks
from liandong.journal.models import Entry
from liandong.recognition.tests import factories as f


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("谢谢你们，饭菜很香，还陪我说话。", []),
        ("谢谢！我的电话 138 0013 8000，常来坐", ["phone"]),
        ("打我电话一三八零零一三八零零零", ["phone"]),
        ("谢谢，加我微信 wxid_lan88 吧", ["reach"]),
        ("写信给我 lan@example.com", ["reach"]),
        ("多亏你们，王奶奶", ["name"]),
        ("王淑兰谢谢大家", ["name"]),
        ("我住 3 号楼 2 单元，欢迎来", ["place"]),
        ("谢谢你们\n——对门的老人", ["signed"]),
        ("我是楼上的，谢谢", ["signed"]),
        ("身份证 110101194912310022 上的人谢谢你们", ["number"]),
        ("2026 年 6 月 10 日的义诊太好了，等了 5 分钟", []),
    ],
)
def test_what_gives_somebody_away_is_found(words, flags):
    assert leaks.found_in(words, name="王淑兰") == flags


def test_thanks_go_on_in_company_and_without_a_writer(town, clock):
    volunteer = town.volunteer()
    activity, served = town.served(people=3, volunteers=[volunteer])
    note = thanks.write_thanks(activity=activity, words="谢谢你们，饭菜很香。", by=served[0])
    assert thanks.pass_on() == 0  # not on the same day
    clock.advance(days=5)
    assert (thanks.pass_on(), thanks.pass_on()) == (1, 0)
    receipt = ThanksReceipt.objects.get()
    assert (receipt.person, receipt.shows_activity) == (volunteer, True)
    assert {field.name for field in ThanksNote._meta.fields if field.related_model is Person} == {"entered_by", "decided_by"}
    assert [entry.by for entry in Entry.objects.filter(on=f"honours.thanksnote:{note.pk}", verb="thanks.written")] == ["system:scheduler"]
    with pytest.raises(Refused):
        thanks.write_thanks(activity=activity, words="再谢一次吧", by=served[0])
    assert broken() == {}


def test_who_served_too_few_to_hide_in_waits_for_whole_months(town, clock):
    volunteer = town.volunteer()
    activity, (alone,) = town.served(people=1, volunteers=[volunteer])
    thanks.write_thanks(activity=activity, words="谢谢你陪我去医院。", by=alone)
    clock.advance(days=6)
    assert thanks.pass_on() == 0
    town.served(people=2, volunteers=[volunteer], days_ago=1)
    assert thanks.pass_on() == 0  # three now, but the month is not over
    clock.move_to(dt.datetime(2026, 7, 6, 2, 0, tzinfo=dt.UTC))
    assert thanks.pass_on() == 1
    assert ThanksReceipt.objects.get().shows_activity is False
    assert broken() == {}


def test_only_who_was_served_writes_and_staff_for_one_without_a_phone(town):
    volunteer = town.volunteer()
    activity, served = town.served(people=3, volunteers=[volunteer])
    with pytest.raises(Denied):
        thanks.write_thanks(activity=activity, words="谢谢我自己", by=volunteer)
    sign_up = f.SignUp.objects.get(person=served[1])
    note = thanks.write_for(sign_up, words="你们帮王奶奶修好了电扇", by=town.staff)
    assert (note.state, note.entered_by) == ("flagged", town.staff)
    with pytest.raises(Denied):
        thanks.write_for(f.SignUp.objects.get(person=served[2]), words="谢谢大家", by=town.community)


def test_telling_words_are_said_so_first_and_then_read_by_a_colleague(town, clock):
    volunteer = town.volunteer()
    activity, served = town.served(people=3, volunteers=[volunteer])
    with pytest.raises(thanks.Telling) as told:
        thanks.write_thanks(activity=activity, words="多亏你们，王奶奶", by=served[0])
    assert (told.value.flags, ThanksNote.objects.count()) == (["name"], 0)
    note = thanks.write_thanks(activity=activity, words="多亏你们，王奶奶", anyway=True, by=served[0])
    clock.advance(days=5)
    assert thanks.pass_on() == 0
    with pytest.raises(Denied):
        thanks.decide_thanks(note, pass_on=True, by=town.neighbour)
    thanks.decide_thanks(note, pass_on=True, words="多亏你们。", by=town.staff)
    assert thanks.pass_on() == 1
    assert queries.received(volunteer).get().note.words == "多亏你们。"


def test_no_thanks_at_all_are_hidden_from_everybody_at_once(town, clock):
    volunteers = [town.volunteer(), town.volunteer()]
    activity, served = town.served(people=3, volunteers=volunteers)
    thanks.write_thanks(activity=activity, words="你们来得太晚了哼", by=served[0])
    clock.advance(days=5)
    thanks.pass_on()
    with pytest.raises(Denied):
        thanks.report_thanks(queries.received(volunteers[0]).get(), by=volunteers[1])
    thanks.report_thanks(queries.received(volunteers[0]).get(), by=volunteers[0])
    assert queries.received(volunteers[1]).count() == 0
    note = ThanksNote.objects.get()
    assert list(queries.to_read(town.staff)) == [note]
    thanks.decide_thanks(note, pass_on=False, by=town.staff)
    assert ThanksNote.objects.get().state == "refused"
    assert broken() == {}


def test_thanks_that_were_reported_and_let_on_reach_the_same_people_again(town, clock):
    volunteer = town.volunteer()
    activity, served = town.served(people=3, volunteers=[volunteer])
    note = thanks.write_thanks(activity=activity, words="谢谢你们，饭菜很香。", by=served[0])
    clock.advance(days=5)
    thanks.pass_on()
    thanks.report_thanks(ThanksReceipt.objects.get(), by=volunteer)
    thanks.decide_thanks(note, pass_on=True, by=town.staff)
    assert (thanks.pass_on(), queries.received(volunteer).get().note, broken()) == (0, note, {})


def test_thanks_for_a_need(town):
    need = town.need(town.neighbour)
    assert [row.pk for row in queries.to_thank_for(town.neighbour)[1]] == [need.pk]
    thanks.write_thanks(need=need, words="灯亮了，心里也亮了。", by=town.neighbour)
    assert queries.to_thank_for(town.neighbour) == ([], [])
