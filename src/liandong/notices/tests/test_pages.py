"""The inbox and the table of preferences."""

import pytest
from django.urls import reverse

from liandong.accounts.tests import factories as people
from liandong.notices.models import Notice, Preference
from liandong.notices.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    account = people.account()
    client.force_login(account)
    return account.person


def test_the_inbox_shows_mine_only(client, me):
    make.notice(person=me)
    make.notice()
    page = client.get(reverse("notices:inbox"))
    assert (page.status_code, len(page.context["rows"]), page.context["unread"]) == (200, 1, 1)


def test_the_inbox_asks_as_often_for_three_as_for_one(client, me, django_assert_max_num_queries):
    counts = []
    for _round in range(2):
        make.notice(person=me)
        with django_assert_max_num_queries(12) as captured:
            client.get(reverse("notices:inbox"))
        counts.append(len(captured))
        make.notice(person=me)
    assert counts[0] == counts[1]


def test_opening_marks_as_read_and_leads_on(client, me):
    notice = make.notice(person=me, url="/account/")
    answer = client.get(reverse("notices:open", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (303, "/account/")
    assert Notice.objects.get().read_at is not None


def test_a_message_without_address_is_a_page(client, me):
    assert client.get(reverse("notices:open", args=[make.notice(person=me).pk])).status_code == 200


def test_a_message_never_leads_to_another_site(client, me):
    notice = make.notice(person=me, url="//evil.example/")
    assert client.get(reverse("notices:open", args=[notice.pk]))["Location"] == "/notices/"


def test_the_message_of_somebody_else_does_not_exist(client, me):
    notice = make.notice()
    assert client.get(reverse("notices:open", args=[notice.pk])).status_code == 404
    assert Notice.objects.get().read_at is None


def test_all_are_marked_at_once(client, me):
    make.notice(person=me)
    other = make.notice()
    assert client.get(reverse("notices:read_all")).status_code == 405
    assert client.post(reverse("notices:read_all")).status_code == 303
    assert list(Notice.objects.filter(read_at__isnull=True)) == [other]


def test_preferences_are_saved(client, me):
    assert client.get(reverse("notices:preferences")).status_code == 200
    assert client.post(reverse("notices:preferences"), {"on": ["need.app", "need.sms"]}).status_code == 303
    wanted = Preference.objects.filter(person=me, wanted=True)
    assert sorted(f"{row.topic}.{row.channel}" for row in wanted) == ["need.app", "need.sms"]


@pytest.mark.parametrize("name", ["inbox", "preferences"])
def test_strangers_sign_in_first(client, name):
    assert client.get(reverse(f"notices:{name}")).status_code == 302
