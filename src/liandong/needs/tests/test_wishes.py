"""Wishes: nobody learns who asks or who gives before both agreed, and nothing on any page says it."""

import pytest
from django.urls import reverse

from liandong.accounts.models import Consent
from liandong.core.errors import Denied, Refused
from liandong.insight.filters import Filters
from liandong.insight.queries import needs_for
from liandong.insight.spans import YEAR, span_of
from liandong.journal.models import Entry
from liandong.needs import permissions, queries, services, wishes
from liandong.needs.models import Introduction, Need
from liandong.needs.tests import factories
from liandong.notices.models import Notice

SECRETS = ("王秀兰", "王*兰", "13800001234", "1380****1234", "138****1234", "楼 402")


@pytest.fixture
def wish(town) -> Need:
    need = town.need(
        "王秀兰想要一副老花镜，看报纸看不清，住 3 号楼 402", is_wish=True, place="3 号楼 402", contact_name="王秀兰", contact_phone="13800001234"
    )
    return services.accept_need(need, by=town.hub_staff)


def leaks(response) -> list[str]:
    page = response.content.decode()
    return [secret for secret in SECRETS if secret in page]


def url(name, *arguments):
    return reverse(f"needs:{name}", args=arguments)


def met(wish, town, giver=None):
    introduction = wishes.offer_wish(wish, meets=True, by=giver or town.neighbour)
    return wishes.agree_to_meet(introduction, by=town.resident)


# Nothing leaks


def test_the_title_the_place_and_the_search_say_nothing_of_the_asker(town, wish):
    assert wish.words == "…想要一副老花镜，看报纸看不清，住 …"
    assert wish.title == "…想要一副老花镜，看报纸看不清，住 …"
    assert wish.masked_asker == "somebody nearby" or wish.masked_asker == "一位街坊"
    assert [queries.found(Need.objects.all(), text).count() for text in ("楼 402", "王秀兰", "老花镜")] == [0, 0, 1]


def test_a_wish_in_a_building_is_shown_in_its_community(town):
    building = factories.territory("禾木大厦", parent=town.north, level="building")
    assert town.need("想要一副老花镜看报", on=building, is_wish=True).territory == town.north


@pytest.mark.parametrize("who", ["stranger", "neighbour", "firm_manager", "agency_manager", "observer", "other_worker"])
def test_nobody_but_the_asking_side_and_the_ground_reads_who_asks(client, as_, town, wish, who):
    if who != "stranger":
        client = as_(getattr(town, who))
    pages = [url("need", wish.number), url("list"), url("wishes"), reverse("portal:search") + "?q=老花镜"]
    if who not in ("stranger", "neighbour"):
        pages += [url("desk", wish.number), url("inbox")]
    if who != "stranger":
        pages.append(url("offer", wish.number))
    assert [leaks(client.get(page)) for page in pages] == [[]] * len(pages)


def test_the_body_that_took_it_over_does_not_learn_it_either(as_, town, wish):
    services.claim_need(wish, organization=town.enterprise, by=town.firm_manager)
    client = as_(town.firm_manager)
    pages = [url("need", wish.number), url("desk", wish.number), url("inbox"), reverse("projects:new") + f"?need={wish.number}"]
    assert [leaks(client.get(page)) for page in pages] == [[]] * len(pages)
    assert client.post(url("reveal", wish.number), {"reason": "想送上门"}).status_code == 403
    assert not permissions.sees_in_full(town.firm_manager, wish)


def test_staff_of_the_ground_know_whom_to_bring_it(as_, town, wish):
    page = as_(town.worker).get(url("desk", wish.number)).content.decode()
    assert ("王*兰" in page, "138****1234" in page, "楼 402" in page) == (True, True, True)


def test_a_body_that_wishes_is_not_found_by_its_figures(town):
    need = town.need("想给职工找一间母婴室", asker_organization=town.enterprise, by=town.firm_manager, is_wish=True)
    assert (need.masked_asker in ("an organisation", "一家单位"), need.title) == (True, "想给职工找一间母婴室")
    assert list(needs_for(Filters(span_of(YEAR), None, town.enterprise))) == []
    filters = Filters(span_of(YEAR), town.street)
    assert needs_for(filters).count() == 1


def test_the_journal_holds_no_name(town, wish):
    met(wish, town)
    told = " ".join(f"{entry.before} {entry.after} {entry.reason}" for entry in Entry.objects.all())
    assert [secret for secret in (*SECRETS, "赵明") if secret in told] == []


def test_messages_name_nobody(town, wish, run_jobs):
    met(wish, town)
    run_jobs()
    told = " ".join(str(notice.values) for notice in Notice.objects.filter(kind__startswith="wish."))
    assert [secret for secret in (*SECRETS, "赵明") if secret in told] == []


def test_words_to_each_other_carry_no_names_and_phones(town, wish):
    introduction = wishes.offer_wish(wish, words="我叫赵明，电话 13912345678，明天送到王秀兰家", by=town.neighbour)
    assert introduction.giver_words == "我叫…，电话 139****5678，明天送到…家"


# Offering


def test_an_offer_is_kept_and_the_asker_hears_of_it(town, wish, run_jobs):
    introduction = wishes.offer_wish(wish, words="家里有副没用过的", by=town.neighbour)
    run_jobs()
    assert (introduction.state, introduction.giver_agreed_at, introduction.giver_words) == ("offered", None, "家里有副没用过的")
    assert list(Notice.objects.filter(kind="wish.offered").values_list("person", flat=True)) == [town.resident.pk]
    assert Entry.objects.filter(verb="wish.offered").count() == 1


def test_one_giver_at_a_time_the_next_moves_up(town, wish, run_jobs):
    first, second = wishes.offer_wish(wish, by=town.neighbour), wishes.offer_wish(wish, organization=town.enterprise, by=town.firm_manager)
    assert (first.state, second.state) == ("offered", "waiting")
    wishes.withdraw_offer(first, by=town.neighbour)
    second.refresh_from_db()
    run_jobs()
    assert (first.state, second.state) == ("withdrawn", "offered")
    assert list(Notice.objects.filter(kind="wish.moved_up").values_list("person", flat=True)) == [town.firm_manager.pk]


def test_who_asked_or_wrote_it_down_does_not_offer(town, wish):
    with pytest.raises(Denied):
        wishes.offer_wish(wish, by=town.resident)
    with pytest.raises(Denied):
        wishes.offer_wish(wish, organization=town.agency, by=town.firm_manager)


def test_an_offer_comes_once_and_only_to_a_wish_that_was_looked_at(town, wish):
    wishes.offer_wish(wish, by=town.neighbour)
    for need in (wish, town.need("想要一副老花镜", is_wish=True), town.need()):
        with pytest.raises(Refused):
            wishes.offer_wish(need, by=town.neighbour)


def test_a_body_that_claims_is_the_giver_the_community_is_not(town, wish):
    services.claim_need(wish, organization=town.community, by=town.worker)
    assert Introduction.objects.count() == 0
    other = services.accept_need(town.need("想要一床薄被子过夏天", is_wish=True), by=town.hub_staff)
    services.claim_need(other, organization=town.enterprise, by=town.firm_manager)
    assert list(Introduction.objects.values_list("need", "giver_organization", "state")) == [(other.pk, town.enterprise.pk, "offered")]
    services.release_need(other, reason="买不到", by=town.firm_manager)
    assert Introduction.objects.get().state == "withdrawn"


def test_a_wish_somebody_is_at_is_not_claimed_by_another_body(town, wish):
    wishes.offer_wish(wish, by=town.neighbour)
    with pytest.raises(Refused):
        services.claim_need(wish, organization=town.enterprise, by=town.firm_manager)


# Meeting


def test_only_when_both_agreed_each_sees_the_other(as_, town, wish):
    introduction = wishes.offer_wish(wish, by=town.neighbour)
    introduction = wishes.agree_to_meet(introduction, by=town.neighbour)
    assert introduction.state == "offered"
    assert leaks(as_(town.neighbour).get(url("need", wish.number))) == []
    assert "赵明" not in as_(town.resident).get(url("need", wish.number)).content.decode()
    wishes.agree_to_meet(introduction, by=town.resident)
    page = as_(town.neighbour).get(url("need", wish.number)).content.decode()
    assert ("王秀兰" in page, "13800001234" in page, "楼 402" in page) == (True, True, False)
    assert "赵明" in as_(town.resident).get(url("need", wish.number)).content.decode()
    assert leaks(as_(town.firm_manager).get(url("need", wish.number))) == []
    assert Consent.objects.filter(person=town.resident, purpose="share", words=wish.number).count() == 1


def test_rather_not_meet_needs_no_reason_and_the_wish_can_still_come_true(town, wish, run_jobs):
    services.claim_need(wish, organization=town.community, by=town.worker)
    introduction = wishes.offer_wish(wish, meets=True, by=town.neighbour)
    wishes.decline_meeting(introduction, by=town.resident)
    run_jobs()
    assert (introduction.state, list(Notice.objects.filter(kind="wish.declined").values_list("person", flat=True))) == ("apart", [town.neighbour.pk])
    with pytest.raises(Refused):
        wishes.agree_to_meet(introduction, by=town.resident)
    assert services.finish_need(wish, words="眼镜送到社区，已转交。", by=town.worker).state == "done"


def test_for_somebody_without_account_the_writer_answers_with_their_consent(town):
    need = services.submit_need(words="想要一副老花镜看报", territory=town.north, asker_name="张桂兰", consent=True, is_wish=True, by=town.worker)
    services.accept_need(need, by=town.hub_staff)
    introduction = wishes.offer_wish(need, meets=True, by=town.neighbour)
    with pytest.raises(Refused):
        wishes.agree_to_meet(introduction, by=town.worker)
    introduction = wishes.agree_to_meet(introduction, consent="6 月 9 日上门问过，本人同意", by=town.manager)
    assert (introduction.state, introduction.agreed_by, introduction.consent_words) == ("met", town.manager, "6 月 9 日上门问过，本人同意")


def test_staff_do_not_answer_for_an_asker_who_can(town, wish):
    introduction = wishes.offer_wish(wish, by=town.neighbour)
    for by in (town.worker, town.firm_manager, town.hub_manager):
        with pytest.raises(Denied):
            wishes.agree_to_meet(introduction, by=by)
    with pytest.raises(Denied):
        wishes.withdraw_offer(introduction, by=town.firm_manager)
    assert wishes.withdraw_offer(introduction, by=town.worker).state == "withdrawn"


# Pages


def test_the_wall_shows_wishes_that_were_looked_at_and_filters(client, town, wish):
    town.need("还没受理的心愿一个", is_wish=True), town.need()
    other = services.accept_need(town.need("想要一盆绿萝", on=town.south, is_wish=True), by=town.hub_staff)
    wishes.offer_wish(other, by=town.neighbour)
    found = {
        query: [need.pk for need in client.get(url("wishes") + query).context["page"]]
        for query in ("", "?state=free", "?state=taken", f"?community={town.north.pk}")
    }
    assert found == {"": [wish.pk, other.pk], "?state=free": [wish.pk], "?state=taken": [other.pk], f"?community={town.north.pk}": [wish.pk]}


def test_the_wall_asks_as_many_queries_for_three_as_for_one(client, town, wish, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as one:
        client.get(url("wishes"))
    for words in ("想要一盆绿萝养养", "想要一只收音机听戏"):
        services.accept_need(town.need(words, is_wish=True), by=town.hub_staff)
    with django_assert_max_num_queries(len(one)):
        client.get(url("wishes"))


def test_offer_and_answer_by_the_pages(as_, town, wish, django_assert_max_num_queries):
    client = as_(town.neighbour)
    with django_assert_max_num_queries(12):
        client.get(url("need", wish.number))
    assert client.post(url("offer", wish.number), {"words": "家里有", "meets": "on"}).status_code == 303
    introduction = Introduction.objects.get()
    assert client.post(url("offer", wish.number), {"words": "家里有"}).status_code == 422
    client = as_(town.resident)
    with django_assert_max_num_queries(12):
        client.get(url("need", wish.number))
    assert client.get(url("answer_offer", introduction.pk)).status_code == 200
    assert client.post(url("answer_offer", introduction.pk), {"answer": "agree", "words": "谢谢"}).status_code == 303
    introduction.refresh_from_db()
    assert (introduction.state, introduction.asker_words) == ("met", "谢谢")
    assert as_(town.neighbour).get(url("mine")).context["offers"][0] == introduction
    assert as_(town.firm_manager).get(url("answer_offer", introduction.pk)).status_code == 404
    assert as_(town.firm_manager).post(url("withdraw_offer", introduction.pk)).status_code == 404
    assert as_(town.neighbour).post(url("withdraw_offer", introduction.pk)).status_code == 303


def test_the_tick_of_the_form_makes_a_wish(as_, town):
    client = as_(town.resident)
    client.post(url("submit"), {"words": "想要一副老花镜看报", "territory": town.north.pk, "is_wish": "on"})
    assert client.get(url("check")).context["values"]["is_wish"] is True
    client.post(url("check"), {"title": "老花镜", "category": "elders", "is_public": "on"})
    assert Need.objects.get().is_wish is True
    assert as_(town.neighbour).get(url("offer", town.need().number)).status_code == 404
