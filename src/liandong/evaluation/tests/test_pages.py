import pytest
from django.urls import reverse

from liandong.activities.models import Activity, Position
from liandong.core.actors import SCHEDULER
from liandong.evaluation import services
from liandong.evaluation.models import Rating
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def invitation():
    return services.invite(make.attended(kind=Position.Kind.PARTICIPANT), by=SCHEDULER)


def rate_url(invitation):
    return reverse("evaluation:rate", args=[invitation.sign_up.code])


def answers(shift, scores):
    for score in scores:
        invitation = services.invite(make.attended(of=shift, kind=Position.Kind.PARTICIPANT), by=SCHEDULER)
        services.rate(invitation, score=score, words=f"说{score}", by=invitation.sign_up.person)


class TestRate:
    def test_one_tap_and_thanks(self, client, invitation, django_assert_max_num_queries):
        client.force_login(make.account(invitation.sign_up.person))
        with django_assert_max_num_queries(12):
            assert client.get(rate_url(invitation)).status_code == 200
        assert client.post(rate_url(invitation), {"score": "5"}).status_code == 303
        assert client.get(rate_url(invitation)).status_code == 200
        assert Rating.objects.get().score == 5

    def test_pressed_twice_it_counts_once_and_thanks_again(self, client, invitation):
        client.force_login(make.account(invitation.sign_up.person))
        assert [client.post(rate_url(invitation), {"score": score}).status_code for score in "51"] == [303, 303]
        assert Rating.objects.get().score == 5

    @pytest.mark.parametrize("values", [{}, {"score": "2"}, {"score": "x"}, {"score": "5", "words": "长" * 301}])
    def test_no_face_is_told_and_the_words_are_kept(self, client, invitation, values):
        client.force_login(make.account(invitation.sign_up.person))
        answer = client.post(rate_url(invitation), {**values, "words": values.get("words", "修得好")})
        assert answer.status_code == 422
        assert values.get("words", "修得好") in answer.content.decode()
        assert not Rating.objects.exists()

    def test_somebody_elses_question_does_not_exist(self, client, invitation):
        client.force_login(make.account(make.person()))
        assert client.get(rate_url(invitation)).status_code == 404
        assert client.post(rate_url(invitation), {"score": "5"}).status_code == 404
        assert client.get(reverse("evaluation:rate", args=["ZZZZZZ"])).status_code == 404

    def test_after_thirty_days_it_is_closed(self, client, invitation, clock):
        clock.advance(days=31)
        client.force_login(make.account(invitation.sign_up.person))
        assert client.get(rate_url(invitation)).status_code == 200
        assert client.post(rate_url(invitation), {"score": "5"}).status_code == 422


class TestResults:
    def test_everybody_reads_them_from_five_answers_on(self, client, django_assert_max_num_queries):
        shift = make.shift()
        answers(shift, [5, 5, 4, 3, 1])
        with django_assert_max_num_queries(12):
            text = client.get(reverse("evaluation:activity", args=[shift.activity.code])).content.decode()
        assert all(words in text for words in ["60%", "23%", "88%", "说3"])

    def test_four_answers_stay_hidden(self, client):
        shift = make.shift()
        answers(shift, [5, 5, 5, 1])
        text = client.get(reverse("evaluation:activity", args=[shift.activity.code])).content.decode()
        assert not any(words in text for words in ["75%", "说1", "说5"])

    def test_nobody_asked_says_so(self, client):
        assert client.get(reverse("evaluation:activity", args=[make.shift().activity.code])).status_code == 200

    def test_a_draft_does_not_exist(self, client):
        shift = make.shift()
        Activity.objects.update(state="draft")
        assert client.get(reverse("evaluation:activity", args=[shift.activity.code])).status_code == 404
