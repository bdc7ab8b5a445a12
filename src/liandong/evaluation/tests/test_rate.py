import threading

import pytest
from django.db import connection, connections

from liandong.activities.models import Activity, Position
from liandong.core.actors import SCHEDULER
from liandong.core.errors import Denied, Refused
from liandong.evaluation import queries, services
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.recognition.tests import factories as make

PARTICIPANT = Position.Kind.PARTICIPANT


def invited(of=None, kind=PARTICIPANT, who=None):
    return services.invite(make.attended(who, of=of, kind=kind), by=SCHEDULER)


def answered(shift, scores, kind=PARTICIPANT):
    for score in scores:
        invitation = invited(shift, kind)
        services.rate(invitation, score=score, words=f"话{score}", by=invitation.sign_up.person)


@pytest.mark.django_db
class TestInvite:
    def test_who_came_and_left_is_asked_once(self, clock):
        sign_up = make.attended(kind=PARTICIPANT)
        first, second = services.invite(sign_up, by=SCHEDULER), services.invite(sign_up, by=SCHEDULER)
        assert first == second
        notice = Notice.objects.get(person=sign_up.person)
        assert (notice.kind, notice.url) == ("rating.asked", f"/evaluation/rate/{sign_up.code}/")

    def test_who_did_not_come_or_is_still_there_or_works_there_is_not_asked(self, clock):
        rows = [make.sign_up(kind=PARTICIPANT), make.attended(kind=PARTICIPANT, stayed=None), make.attended(kind=Position.Kind.STAFF)]
        assert [services.invite(row, by=SCHEDULER) for row in rows] == [None, None, None]

    def test_confirmed_hours_bring_the_question(self, clock, run_jobs):
        record = make.record()
        run_jobs()
        assert RatingInvitation.objects.get().sign_up == record.sign_up

    def test_whoever_was_missed_is_asked_within_the_hour(self, clock):
        from liandong.evaluation.reactions import ask_who_was_missed

        sign_up = make.attended(kind=PARTICIPANT)
        ask_who_was_missed(timestamp=0)
        ask_who_was_missed(timestamp=0)
        assert RatingInvitation.objects.get().sign_up == sign_up


@pytest.mark.django_db
class TestRate:
    def test_an_answer_is_kept_without_who_gave_it(self, clock):
        invitation = invited()
        assert services.rate(invitation, score=5, words=" 修得好 ", by=invitation.sign_up.person)
        rating = Rating.objects.get()
        assert (rating.activity, rating.side, rating.score, rating.words) == (invitation.activity, "served", 5, "修得好")

    def test_answered_twice_counts_once(self, clock):
        invitation = invited()
        by = invitation.sign_up.person
        assert [services.rate(invitation, score=5, by=by), services.rate(invitation, score=1, by=by)] == [True, False]
        assert Rating.objects.get().score == 5

    def test_nobody_answers_for_somebody_else(self, clock):
        invitation = invited()
        with pytest.raises(Denied):
            services.rate(invitation, score=5, by=make.person("别人"))
        assert not Rating.objects.exists()

    @pytest.mark.parametrize("score", [0, 2, 6, -1])
    def test_a_score_that_is_not_on_the_page_is_refused(self, clock, score):
        invitation = invited()
        with pytest.raises(Refused, match="faces"):
            services.rate(invitation, score=score, by=invitation.sign_up.person)

    def test_after_thirty_days_the_question_is_closed(self, clock):
        invitation = invited()
        clock.advance(days=31)
        with pytest.raises(Refused, match="30 days"):
            services.rate(invitation, score=5, by=invitation.sign_up.person)

    def test_the_journal_says_that_and_never_who_or_what(self, clock):
        invitation = invited()
        services.rate(invitation, score=1, words="不好", by=invitation.sign_up.person)
        entry = Entry.objects.get(verb="rating.given")
        assert (entry.by, entry.on, entry.before, entry.after, entry.reason) == (
            "system:rating",
            f"activities.activity:{invitation.activity_id}",
            {},
            {},
            "",
        )


@pytest.mark.django_db
class TestAnonymous:
    def test_no_column_of_a_rating_leads_to_a_person(self):
        assert {field.name for field in Rating._meta.get_fields()} == {"id", "activity", "side", "score", "words", "rated_date"}
        assert {field.name for field in RatingInvitation._meta.get_fields()} == {"id", "sign_up", "activity", "asked_at", "is_answered"}

    def test_ids_are_random_and_only_the_day_is_kept(self, clock):
        answered(make.shift(), [5] * 12)
        ids = list(Rating.objects.values_list("id", flat=True))
        assert {value.version for value in ids} == {4}
        assert Rating._meta.get_field("rated_date").get_internal_type() == "DateField"

    def test_what_an_invitation_shows_is_the_same_whatever_was_answered(self, clock):
        shift = make.shift()
        answered(shift, [5, 1])
        rows = RatingInvitation.objects.values_list("activity", "asked_at", "is_answered")
        assert len(set(rows)) == 1

    def test_after_the_night_not_even_the_database_itself_can_join_them(self, clock):
        """xmin, the transaction that wrote a row, is one and the same for all; the place in the table follows the random ids."""
        answered(make.shift(), [5, 4, 3, 1, 5, 4, 3, 1])
        clock.advance(days=1)
        services.shuffle_ratings()
        with connection.cursor() as cursor:
            cursor.execute("select id from evaluation_rating order by ctid")
            order = [row[0] for row in cursor.fetchall()]
            cursor.execute(
                "select count(distinct xmin::text) from (select xmin from evaluation_rating union all select xmin from evaluation_ratinginvitation) rows"
            )
            assert cursor.fetchone() == (1,)
        assert order == sorted(order)
        assert Rating.objects.count() == 8


@pytest.mark.django_db
class TestSatisfaction:
    def test_below_five_answers_nothing_is_shown(self, clock):
        shift = make.shift()
        answered(shift, [5, 5, 1, 4])
        found = queries.satisfaction_of(Activity.objects.filter(pk=shift.activity_id))
        assert (found.answered, found.asked, found.is_shown, found.counts, found.share, found.parts) == (4, 4, False, {}, None, [])
        assert queries.words_about(shift.activity, side=found.side) == []

    def test_from_five_on_shares_interval_and_words(self, clock):
        shift = make.shift()
        answered(shift, [5, 5, 4, 3, 1])
        invited(shift)
        found = queries.satisfaction_of(Activity.objects.filter(pk=shift.activity_id))
        assert (found.answered, found.asked, found.share, found.low, found.high) == (5, 6, 60, 23, 88)
        assert [count for _label, count in found.parts] == [2, 1, 1, 1]
        assert sorted(queries.words_about(shift.activity, side=found.side)) == ["话1", "话3", "话4", "话5", "话5"]

    def test_one_statement_asks_for_all_of_it(self, clock, django_assert_num_queries):
        shift = make.shift()
        answered(shift, [5, 5, 4, 3, 1])
        answered(shift, [5, 5], kind=Position.Kind.VOLUNTEER)
        with django_assert_num_queries(1):
            found = queries.satisfaction_of(Activity.objects.filter(pk=shift.activity_id))
        assert (found.answered, found.asked, found.share) == (5, 5, 60)

    def test_people_served_count_and_volunteers_only_where_nobody_was_served(self, clock):
        mixed, alone = make.shift(), make.shift()
        answered(mixed, [1] * 5)
        answered(mixed, [5] * 5, kind=Position.Kind.VOLUNTEER)
        answered(alone, [5] * 5, kind=Position.Kind.VOLUNTEER)
        assert queries.satisfaction_of(Activity.objects.filter(pk=mixed.activity_id)).share == 0
        assert queries.satisfaction_of(Activity.objects.filter(pk=alone.activity_id)).share == 100

    @pytest.mark.parametrize(("good", "n", "low", "high"), [(35, 38, 79, 97), (0, 5, 0, 43), (5, 5, 57, 100), (0, 0, 0, 100)])
    def test_the_interval_of_wilson(self, good, n, low, high):
        assert tuple(round(100 * value) for value in queries.wilson(good, n)) == (low, high)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_the_same_moment_counts_once():
    invitation = invited()
    taken, ready = [], threading.Barrier(4)

    def press():
        ready.wait()
        taken.append(services.rate(invitation, score=4, by=invitation.sign_up.person))
        connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(taken) == [False, False, False, True]
    assert Rating.objects.count() == 1


@pytest.mark.django_db
def test_when_a_shift_is_closed_everybody_who_came_is_asked(clock, run_jobs):
    from liandong.activities import services as activities

    shift = make.shift()
    served, serving, absent = make.attended(of=shift, kind=PARTICIPANT, stayed=None), make.attended(of=shift), make.sign_up(of=shift)
    activities.close_shift(shift)
    run_jobs()
    assert set(RatingInvitation.objects.values_list("sign_up", flat=True)) == {served.pk, serving.pk}
    assert not RatingInvitation.objects.filter(sign_up=absent).exists()
