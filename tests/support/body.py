"""A body with people, needs, projects, activities, surveys, visits, common needs, joint activities, records and files. What is private of it carries a marker."""

import datetime as dt
import uuid
from typing import Any

from liandong.accounts.models import Account, Consent, Person
from liandong.activities import services as signing
from liandong.activities.models import DoorScan, Kiosk, ScanSettlement, Suspension
from liandong.activities.tests import factories as doing
from liandong.appointments.models import Appointment, Desk, DeskDay, DeskHours, Receiver
from liandong.bookings.models import Booking, BookingSeries, CalendarFeed, HourLimit, RoomWait
from liandong.core import clock
from liandong.core.actors import DEMO, SCHEDULER
from liandong.dossier.models import DossierClaim, ExchangeRun, TrainingEntry, Transfer
from liandong.evaluation import services as evaluation
from liandong.honours.models import (
    Award,
    AwardObjection,
    Honour,
    Nomination,
    NominationEvidence,
    StarGrant,
    StarRule,
    ThanksNote,
    ThanksReceipt,
)
from liandong.imports import services as imports
from liandong.matching import services as matching
from liandong.matching.models import Draw, DrawList, Invitation
from liandong.matching.services import rotas, turns
from liandong.matching.solver.draw import digest
from liandong.needs import services as needs
from liandong.needs import wishes
from liandong.notices import services as notices
from liandong.organizations.models import CalendarDay, Membership, Role
from liandong.organizations.tests import factories as bodies
from liandong.overlap import services as overlap
from liandong.overlap.tests.factories import crowd
from liandong.points import services as points
from liandong.points.models import ClearingLine, ClearingRun, FamilyTie, PointsRule, PoolGrant
from liandong.projects import services as projects
from liandong.projects.models import Milestone, Pledge, Project
from liandong.recognition import services as recognition
from liandong.recognition.models import CertificateBatch, Outlier, OutlierLine, RegisteredSeal
from liandong.rewards.services import offering, taking
from liandong.stations.models import Fact, Fault, InspectionRound, RoundStop, Station, StationAgreement, Supply, Thanks
from liandong.stations.services import green, shelf
from liandong.surveys.services import answering, collecting, rounds
from liandong.surveys.tests.factories import definition
from liandong.themes import services as themes
from liandong.themes.models import MiningRun, Theme, ThemeMember, ThemeStep
from liandong.venues.models import Room, RoomPhoto, Venue
from liandong.visits import services as visits
from liandong.volunteers.models import Team, TeamMembership, VolunteerProfile
from tests.guards.test_urls import URLS

MARK = "鹤鸣"  # stands in everything of the body that is not for everybody
MARKED_PHONE = "1395550"


class Body:
    def __init__(self) -> None:
        self.street = bodies.street(name="建外街道")
        self.place = bodies.territory(name="北郎东社区", parent=self.street)
        self.hub = bodies.organization(name="建外街道枢纽", kind="hub", place=self.street)
        self.hub_manager = self.account("鹤鸣中", role=Role.HUB_MANAGER, on=self.street)
        self.body = bodies.organization(name="暖邻社工事务所", kind="agency", place=self.place, contact_name="鹤鸣联", contact_phone="13955500009")
        self.manager = self.account("鹤鸣经", role=Role.ORG_MANAGER, on=self.body)
        self.resident = self.account("鹤鸣居民")
        self.volunteer = self.account("鹤鸣志愿")
        for person in (self.resident, self.volunteer):
            bodies.member(self.body, person=person, department=MARK)
        self.consent = Consent.objects.create(person=self.resident, purpose="proxy", words=MARK, given_at=clock.now())
        self.grant = bodies.grant(Role.OBSERVER, on=self.body, person=self.volunteer)
        self.membership = Membership.objects.get(person=self.resident, organization=self.body)
        self.profile = VolunteerProfile.objects.create(person=self.volunteer, residence=self.place, registered_on=clock.today(), intro=MARK)
        self.venue = Venue.objects.create(name="活动站", host=self.body, territory=self.place, address="北郎东里 12 号楼")
        self.closed_venue = Venue.objects.create(name=f"{MARK}仓库", host=self.body, territory=self.place, address=MARK, is_open=False)
        self.team = Team.objects.create(name="巧手队", organization=self.body, territory=self.place, leader=self.volunteer)
        TeamMembership.objects.create(team=self.team, person=self.volunteer, from_date=dt.date(2020, 1, 1))
        self._needs()
        self._projects()
        self._activities()
        self._records()
        self._wishes()
        self._surveys()
        self._visits()
        self._themes()
        self._overlaps()
        self._rosters()
        self._packages()
        self._suggestions()
        self._draws()
        self._rotas()
        self._stations()
        self._appointments()
        self._honours()
        self._dossiers()
        self._points()
        self._rewards()
        self._rooms()
        cells = "姓名\t手机号\n鹤鸣甲\t13955500008\n鹤鸣乙\t12"
        self.run = imports.upload(
            kind="roster", source=cells, file_name=f"{MARK}.xlsx", territory=self.place, organization=self.body, by=self.manager
        )[0]
        imports.check(self.run, by=self.manager)
        self.notice = notices.notify(self.resident, kind="need.answered", values={"title": MARK, "words": MARK}, url="/me/", once_key="marked")

    def account(self, name: str, *, role: str = "", on: Any = None) -> Person:
        person = Person.objects.create(
            name=name, phone=f"{MARKED_PHONE}{Account.objects.count():04}", email=f"{Account.objects.count()}@heming.example"
        )
        Account.objects.create_account(person=person, phone=person.phone)
        if role:
            bodies.grant(role, on=on, person=person)
        return person

    def _needs(self) -> None:
        words = f"{MARK}家里电饭煲坏了，电话 13955500001"
        private = {
            "territory": self.place,
            "is_public": False,
            "note": MARK,
            "contact_name": f"{MARK}甲",
            "contact_phone": "13955500001",
            "place": MARK,
        }
        self.need = needs.submit_need(words=words, by=self.resident, **private)
        self.planned_need = needs.submit_need(words=words, by=self.resident, **private)
        self.done_need = needs.submit_need(words=words, by=self.resident, **private)
        self.public_need = needs.submit_need(
            words="想请人教老人用智能手机", territory=self.place, note=MARK, contact_phone="13955500001", by=self.resident
        )
        for need in (self.need, self.done_need, self.public_need):
            needs.claim_need(need, organization=self.body, by=self.hub_manager)
        needs.match_need(self.public_need, by=self.manager)
        needs.finish_need(self.done_need, words="修好了", by=self.manager)
        self.all_needs = [self.need, self.planned_need, self.done_need, self.public_need]

    def _projects(self) -> None:
        values = {"lead": self.body, "territory": self.place, "by": self.hub_manager}
        self.draft = projects.create_project(name=f"{MARK}草案", goal=MARK, needs=[self.planned_need], **values)
        self.running = projects.create_project(name="小家电义诊", goal="修好 40 件家电", **values)
        Project.objects.filter(pk=self.running.pk).update(state="running", approved_at=clock.now())
        self.pledge = projects.add_pledge(self.draft, organization=self.body, kind=Pledge.Kind.PLAN, words=MARK, by=self.manager)
        self.milestone = Milestone.objects.create(project=self.draft, name=MARK, due_date=clock.today())

    def _activities(self) -> None:
        values = {"host": self.body, "territory": self.place, "venue": self.venue, "leader": self.manager, "contact_name": "值班员"}
        self.hidden = doing.make_activity(title=f"{MARK}内部会", summary=MARK, state="draft", project=self.draft, **values)
        self.hidden_shift = doing.make_shift(self.hidden, spot=MARK)
        doing.make_position(self.hidden_shift, name=f"{MARK}岗")
        self.shown = doing.make_activity(title="修家电", project=self.running, **values)
        self.shift = doing.make_shift(self.shown)
        self.position = doing.make_position(self.shift, name="登记")
        self.sign_up = doing.make_sign_up(self.position, person=self.volunteer)
        self.over = doing.make_activity(title="上周修家电", **values)
        self.past_shift = doing.make_shift(self.over, starts_at=clock.now() - dt.timedelta(days=2))
        self.came = doing.make_sign_up(doing.make_position(self.past_shift, name="登记"), person=self.volunteer)
        self.attendance = doing.make_attendance(self.came, out_at=self.past_shift.ends_at)
        scan = {
            "shift": self.past_shift,
            "act": "in",
            "device": "ab12cd34",
            "device_at": clock.now(),
            "scanned_at": clock.now(),
            "received_at": clock.now(),
        }
        scan |= {"sign_up": self.came, "code": self.came.code, "verdict": "already", "sent_by": self.manager}
        self.scan, settled = (DoorScan.objects.create(nonce=f"{number:024x}", **scan) for number in (1, 2))
        ScanSettlement.objects.create(scan=settled, outcome="left", reason=MARK, settled_by=self.manager, settled_at=clock.now())
        self.kiosk = Kiosk.objects.create(shift=self.shift, name=MARK, made_by=self.manager, made_at=clock.now())
        away = {"until_date": clock.today() + dt.timedelta(days=9), "suspended_by": self.manager, "suspended_at": clock.now()}
        self.suspension = Suspension.objects.create(organization=self.body, person=doing.make_person(f"{MARK}停"), reason=MARK, **away)

    def _records(self) -> None:
        self.record = recognition.confirm_service(self.came, by=self.manager)
        self.appeal = recognition.appeal_record(self.record, words=MARK, by=self.volunteer)
        claimed = doing.make_shift(self.over, starts_at=clock.now() - dt.timedelta(days=4))
        doing.make_position(claimed, name="登记")
        self.claim = recognition.claim_service(
            claimed, person=self.volunteer, starts_at=claimed.starts_at, ends_at=claimed.ends_at, words=MARK, evidence=MARK, by=self.volunteer
        )
        self.backfill = recognition.accept_claim(self.claim, words=MARK, evidence=MARK, by=self.manager)
        self.outlier = Outlier.objects.create(
            key="pair:1:2", kind="pair", weight=60, facts={"records": 6}, organization=self.body, person=self.volunteer, other=self.resident, line_count=1, minutes=60, found_at=clock.now(),
        )  # fmt: skip
        OutlierLine.objects.create(outlier=self.outlier, sign_up=self.came)
        self.certificate = recognition.issue_certificate(self.volunteer, by=self.volunteer)
        self.share = recognition.share_certificate(self.certificate, shows="list", shows_name=False, days=7, by=self.volunteer)
        self.request = recognition.ask_revocation(self.certificate, reason=MARK, by=self.manager)
        at = {"proposed_by": self.manager, "proposed_at": clock.now()}
        self.seal = RegisteredSeal.objects.create(organization=self.body, name=MARK, number="1", authority="局", picture=b"x", digest="0" * 64, **at)
        self.batch = CertificateBatch.objects.create(
            organization=self.body, state="done", asked_by=self.manager, asked_at=clock.now(), beat_at=clock.now()
        )
        evaluation.invite(self.came, by=SCHEDULER)

    def _wishes(self) -> None:
        words = "想要一盏看书的台灯"
        self.wish = needs.submit_need(
            words=words, territory=self.place, is_wish=True, note=MARK, contact_name=f"{MARK}乙", contact_phone="13955500001", by=self.resident
        )
        needs.accept_need(self.wish, by=self.hub_manager)
        self.offer = wishes.offer_wish(self.wish, words=MARK, meets=True, by=self.volunteer)
        self.met_wish = needs.submit_need(words=words, territory=self.place, is_wish=True, note=MARK, contact_phone="13955500001", by=self.resident)
        needs.accept_need(self.met_wish, by=self.hub_manager)
        self.met_offer = wishes.offer_wish(self.met_wish, words=MARK, meets=True, by=self.volunteer)
        wishes.agree_to_meet(self.met_offer, words=MARK, by=self.resident)
        self.all_needs += [self.wish, self.met_wish]
        self.asked_needs = list(self.all_needs)  # those made of sentences later are read like these

    def _surveys(self) -> None:
        values: dict[str, Any] = {"host": self.body, "territory": self.place, "definition": definition(), "by": self.manager}
        self.hidden_survey = rounds.create_survey(title=f"{MARK}问卷", intro=MARK, is_anonymous=False, **values)
        self.survey = rounds.create_survey(title="您想先办什么", is_anonymous=False, targets=[("elders", 10, 300)], **values)
        rounds.open_survey(self.survey, by=self.manager)
        raw = {"group": ["elders"], "wish": [f"希望{MARK}家门口有人量血压。{MARK}的电饭煲坏了没处修。"]}
        self.response = answering.send_response(self.survey, raw=raw, key=uuid.uuid4(), respondent=self.resident)
        stated = list(collecting.sentences_of(self.survey, [self.response]))
        chosen = [collecting.Chosen(stated[0], True, MARK, "health", "elders", None)]
        self.all_needs += collecting.collect_sentences(self.survey, chosen=chosen, is_public=False, by=self.manager)

    def _visits(self) -> None:
        whom = {"name": f"{MARK}奶奶", "place": f"{MARK}里 3 号楼", "territory": self.place}
        self.plan = visits.create_plan(host=self.body, every_weeks=4, handler=self.manager, by=self.manager, **whom)
        values = {"host": self.body, "planned_date": clock.today(), "handler": self.manager, "by": self.manager}
        self.visit = visits.plan_visit(**values, **whom)
        visits.save_draft(self.visit, words=MARK, present=MARK, by=self.manager)
        self.past_visit = visits.plan_visit(person=self.resident, **values)
        kept = [visits.Promise(f"给{MARK}家装扶手", clock.today(), self.manager)]
        notes = f"见到{MARK}奶奶。希望{MARK}里有人送饭。"
        visits.finish_visit(self.past_visit, notes=notes, present=MARK, promises=kept, by=self.manager)
        self.promise = self.past_visit.follow_ups.get()
        sentence = visits.Candidate(notes.index("希望"), len(notes), title=MARK)
        self.all_needs += visits.make_needs(self.past_visit, candidates=[sentence], consent=True, is_public=False, by=self.manager)

    def _themes(self) -> None:
        self.theme, self.other_theme, self.old_theme, self.joined_theme = (
            Theme.objects.create(label=f"{MARK}{name}", phrases=[MARK], first_seen_at=clock.now()) for name in ("修家电", "量血压", "旧事", "小家电")
        )
        for theme, found in ((self.theme, self.all_needs[:3]), (self.other_theme, self.all_needs[3:5]), (self.joined_theme, self.all_needs[5:6])):
            ThemeMember.objects.bulk_create([ThemeMember(need=need, theme=theme, placed_at=clock.now()) for need in found])
        themes.rename_theme(self.theme, label=f"{MARK}电饭煲", by=self.hub_manager)
        themes.merge_theme(self.joined_theme, into=self.theme, by=self.hub_manager)
        Theme.objects.filter(pk=self.old_theme.pk).update(state="ended")
        self.step = ThemeStep.objects.filter(theme=self.theme).latest("pk")
        self.package = themes.keep_package(
            None, territory=self.street, segment="elders", title=f"{MARK}包", summary=MARK, lines=[MARK], themes=[self.theme], by=self.hub_manager
        )
        self.mining = MiningRun.objects.create(state="done", asked_by=self.hub_manager, asked_at=clock.now(), finished_at=clock.now())

    def _overlaps(self) -> None:
        self.partner = bodies.organization(name="银龄乐学中心", kind="agency", place=self.place)
        partner_manager = self.account("鹤鸣罗", role=Role.ORG_MANAGER, on=self.partner)
        values = {"host": self.partner, "territory": self.place, "leader": partner_manager, "contact_name": "值班员"}
        self.twin = doing.make_activity(title="修家电和电器", **values)
        doing.make_shift(self.twin)
        self.hidden_twin = doing.make_activity(title=f"{MARK}学堂", state="draft", **values)
        self.decision = overlap.decide(self.shown, others=[self.twin], kind="accepted", words=MARK, organization=self.body, by=self.manager)[0]
        self.agreed = overlap.propose_co_hosting(self.shown, partners=[(self.partner, self.twin)], words=MARK, by=self.manager)[0]
        overlap.agree(self.agreed, words=MARK, by=partner_manager)
        self.proposal = overlap.propose_co_hosting(self.hidden, partners=[(self.partner, self.hidden_twin)], words=MARK, by=self.manager)[0]
        self.people = overlap.keep_list(self.shown, people=crowd(1, 12), by=self.manager)
        overlap.keep_list(self.hidden, people=crowd(50, 20), by=self.manager)

    def _rosters(self) -> None:
        self.helper = self.account("鹤鸣帮")
        VolunteerProfile.objects.create(person=self.helper, residence=self.place, registered_on=clock.today(), intro=MARK)
        TeamMembership.objects.create(team=self.team, person=self.helper, from_date=dt.date(2020, 1, 1))
        self.late_shift = doing.make_shift(self.shown, starts_at=self.shift.starts_at + dt.timedelta(days=1))
        safety = doing.make_position(self.late_shift, name="安全", capacity=1)
        self.roster = matching.make_roster(self.shown, teams=[self.team], by=self.manager)
        self.line = matching.place(self.roster, person=self.helper, position=safety, by=self.manager)
        matching.publish_roster(self.roster, by=self.manager)
        self.draft_roster = matching.make_roster(self.hidden, teams=[self.team], by=self.manager)

    def _suggestions(self) -> None:
        self.invitation = Invitation.objects.create(position=self.position, person=self.helper, invited_by=self.manager, invited_at=clock.now())
        self.refusal = matching.refuse_suggestion(self.hidden, by=self.helper)
        matching.choose_quiet(self.helper, is_quiet=True, by=self.helper)

    def _rotas(self) -> None:
        days = [clock.today() + dt.timedelta(days=30 * number - 10) for number in range(4)]
        self.rota = rotas.make_rota(
            name=f"{MARK}茶会", words=MARK, place=MARK, needed_words=MARK, territory=self.street, dates=days, rhythm="listed", by=self.hub_manager
        )
        rotas.add_hosts(self.rota, organizations=[self.body, self.partner], by=self.hub_manager)
        own, other = [self.rota.hosts.get(organization=body) for body in (self.body, self.partner)]
        for day, host, state in zip(days, (own, own, other, other), ("held", "planned", "planned", "agreed"), strict=True):
            self.rota.turns.filter(turn_date=day).update(host=host, state=state, notes=MARK if state == "held" else "")
        rotas.start_rota(self.rota, by=self.hub_manager)
        self.turns = list(self.rota.turns.select_related("rota").order_by("turn_date"))
        self.swap = turns.propose_swap(self.turns[1], other=self.turns[2], words=MARK, by=self.manager)
        self.rota_host = turns.ask_pause(own, from_date=days[2], to_date=days[2], words=MARK, by=self.manager)

    def _draws(self) -> None:
        self.drawing = doing.make_activity(title="参观酒窖", host=self.body, territory=self.place, leader=self.manager, places_by="draw")
        position = doing.make_position(doing.make_shift(self.drawing, starts_at=doing.at(5, 14)), kind="participant", name="参观", capacity=1)
        draw = matching.announce_draw(self.drawing)
        row = signing.sign_up(position, person=self.volunteer, by=self.volunteer)
        published = f"{row.slip} 1 1\n"
        self.draw_list = DrawList.objects.create(draw=draw, position=position, published=published, digest=digest(published), entries=1, places=1)
        Draw.objects.filter(pk=draw.pk).update(state="closed", closed_at=clock.now())

    def _packages(self) -> None:
        values = {"title": "维修工时", "words": MARK, "minutes": 600, "territory": self.street, "by": self.manager}
        self.resource = matching.make_resource(organization=self.body, kind="hours", **values)
        self.match = matching.match_now(self.street, by=self.hub_manager)

    def _stations(self) -> None:
        """An open station: its facts, shelf and figures are public; what waits for the host, repairs, supplies and rounds are not."""
        place = Venue.objects.create(name="街口驿站", host=self.body, kind="station", territory=self.place, address="北郎东里 1 号楼")
        now, today = clock.now(), clock.today()
        self.station = Station.objects.create(venue=place, kinds=["love"], state="open", opened_on=today, contact=self.manager, created_at=now)
        dates = {"from_date": today, "review_date": today + dt.timedelta(days=300), "host_agreed_at": now, "hub_agreed_at": now, "created_at": now}
        StationAgreement.objects.create(station=self.station, version=1, state="agreed", gives=MARK, words=MARK, **dates)
        Fact.objects.bulk_create([Fact(station=self.station, subject=subject) for subject in ("door", "water")])
        self.supply = Supply.objects.create(station=self.station, name=MARK, checked_at=now)
        self.fault = Fault.objects.create(station=self.station, words=MARK, reported_at=now)
        self.tour = InspectionRound.objects.create(title=MARK, territory=self.street, inspector=self.hub_manager, due_date=today, created_at=now)
        RoundStop.objects.create(round=self.tour, station=self.station, words=MARK)
        self.item = shelf.put_item(self.station, name="骆驼祥子", kind="loan", count=2, by=self.manager)
        self.offered_item = shelf.put_item(self.station, name=f"{MARK}旧书", kind="give", words=MARK, by=self.resident)
        self.taking = shelf.reserve(self.item, by=self.volunteer)
        self.rate = green.set_rate(self.station, material="塑料瓶", unit="piece", per_amount=20, gives="皂", gives_count=1, by=self.manager)
        self.thanks = Thanks.objects.create(station=self.station, words=MARK, said_on=today)

    def _rooms(self) -> None:
        """A room and its hours are public; who has booked it for what is not, nor a room out of use."""
        self.hall, self.closed_hall = (Room.objects.create(venue=self.venue, name=name, capacity=30, is_open=name != MARK) for name in ("大厅", MARK))
        self.photo = RoomPhoto.objects.create(room=self.closed_hall, file="rooms/none.jpg", words=MARK, added_at=clock.now())
        start, now = clock.now() + dt.timedelta(days=5), clock.now()
        series = BookingSeries.objects.create(first_date=start.date(), until_date=start.date() + dt.timedelta(weeks=1), created_at=now)
        common = {"room": self.hall, "organization": self.body, "booked_by": self.manager, "title": MARK, "note": MARK, "created_at": now}
        self.booking, self.asked = (
            Booking.objects.create(
                state=state, starts_at=start + dt.timedelta(weeks=week), ends_at=start + dt.timedelta(weeks=week, hours=1),
                free_at=start + dt.timedelta(weeks=week, hours=1), answer_by_at=start if state == "requested" else None, series=series,
                series_date=start.date() + dt.timedelta(weeks=week), **common,
            )
            for week, state in enumerate(("confirmed", "requested"))
        )  # fmt: skip
        self.wait = RoomWait.objects.create(
            room=self.hall, starts_at=start, ends_at=self.booking.ends_at, person=self.resident, title=MARK, created_at=now
        )
        self.limit = HourLimit.objects.create(venue=self.venue, organization=self.body, hours=9)
        self.feed = CalendarFeed.objects.create(room=self.hall, created_by=self.manager, created_at=now)

    def _appointments(self) -> None:
        """A desk is public; who comes and what about is not. A closed desk does not exist for others."""
        place = {"host": self.body, "kind": "lawyer", "receiver": "王律师", "venue": self.venue, "created_at": clock.now()}
        self.desk, self.closed_desk = (
            Desk.objects.create(title="律师面对面", **place),
            Desk.objects.create(title=MARK, is_open=False, words=MARK, **place),
        )
        Receiver.objects.create(desk=self.desk, person=self.manager)
        self.desk_hours = DeskHours.objects.create(desk=self.desk, weekday=2, opens_at=dt.time(9), closes_at=dt.time(11), from_date=clock.today())
        self.desk_day = DeskDay.objects.create(desk=self.desk, on_date=clock.today() + dt.timedelta(days=3), words="开会")
        starts_at = clock.now() + dt.timedelta(days=2)
        self.appointment = Appointment.objects.create(
            desk=self.desk, person=self.resident, on_date=starts_at.date(), number=1, starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=20), about=MARK,
            booked_at=clock.now(),
        )  # fmt: skip

    def _dossiers(self) -> None:
        """A training, a claim to check, a move that waits, a file that went out, a day of the calendar."""
        written = {"organization": self.body, "written_by": self.manager, "written_at": clock.now()}
        today = clock.today()
        self.training = TrainingEntry.objects.create(
            person=self.volunteer, name=MARK, content=MARK, minutes=60, organizer_name=MARK, from_date=today, to_date=today, **written
        )
        self.dossier_claim = DossierClaim.objects.create(
            kind="honour", person=self.volunteer, organization=self.body, name=MARK, giver_name=MARK, from_date=today, claimed_at=clock.now(), answer_due_at=clock.now()
        )  # fmt: skip
        self.transfer = Transfer.objects.create(
            person=self.resident, from_organization=self.body, to_organization=bodies.organization(name="接收单位", place=self.place), kind="member", words=MARK,
            asked_by=self.manager, asked_at=clock.now(),
        )  # fmt: skip
        self.exchange = ExchangeRun.objects.create(direction="out", state="done", organization=self.body, purpose=MARK, file_name=MARK)
        self.calendar_day = CalendarDay.objects.create(calendar_date=dt.date(2027, 1, 4), is_worked=False, source="通知", entered_at=clock.now())

    def _points(self) -> None:
        """Points on their way to somebody, a family tie that is asked, a gift of the pool that waits, a rule, an account, a month settled."""
        start = {"source": points.issue_account(), "kind": "starter", "by": DEMO}
        points.transfer(uuid.uuid4(), target=points.account_of(self.volunteer), amount=50, **start)
        points.transfer(uuid.uuid4(), target=points.pool_of(self.body), amount=50, **start)
        self.points_account = points.account_of(self.volunteer)
        home = points.account_of(self.resident)
        self.gift = points.reserve(uuid.uuid4(), source=self.points_account, target=home, amount=5, kind="gift", words=MARK, by=self.volunteer)
        self.tie = FamilyTie.objects.create(person=self.volunteer, relative=self.resident, asked_at=clock.now())
        from_pool = points.reserve(uuid.uuid4(), source=points.pool_of(self.body), target=home, amount=5, kind="gift", words=MARK, by=DEMO)
        self.pool_grant = PoolGrant.objects.create(
            reservation=from_pool, organization=self.body, person=self.resident, reason=MARK, needs_second=True, proposed_by=self.manager
        )
        self.points_rule = PointsRule.objects.create(
            version=2, territory=self.street, from_date=clock.today(), source=MARK, proposed_by=self.hub_manager
        )
        run = ClearingRun.objects.create(month_on=dt.date(2026, 5, 1), made_at=clock.now())
        self.debt = ClearingLine.objects.create(run=run, debtor=self.hub, creditor=self.body, amount=3, due_on=clock.today())

    def _rewards(self) -> None:
        """Something to have for points, and a voucher for it."""
        values = {"kind": "goods", "title": "东北大米 5 斤", "points": 5, "stock": 5, "where_words": "前台", "monthly_count": 10, "valid_days": 30}
        self.reward = offering.offer(self.body, from_date=clock.today(), by=self.manager, **values)
        if self.reward.state == "waiting":
            self.reward = offering.decide(self.reward, let_in=True, by=self.hub_manager)
        self.redemption = taking.redeem(self.reward, key=uuid.uuid4(), seen_points=5, by=self.volunteer)

    def _of_dossier(self, argument: str, route: str) -> list[Any]:
        if argument == "kind":
            return ["xlsx" if route.startswith("report/") else "training"]
        if argument == "key":
            return ["records"]
        if argument == "number":
            return [self.training.number] if route.startswith("lines/") else [self.resident.number, self.volunteer.number]
        by_start = {"claims/": self.dossier_claim, "transfers/": self.transfer, "exchange/": self.exchange, "evaluations/": self.past_shift}
        return next([found.pk] for start, found in by_start.items() if route.startswith(start))

    def _honours(self) -> None:
        """An award that is open, one that was granted, thanks to be read first, a rule set that waits."""
        today = clock.today()
        shared: dict[str, Any] = {"whom_for": "person", "territory": self.street, "issuer": self.hub, "places": 2, "criteria": "常年坚持"}
        dates = {"from_date": today, "to_date": today, "nominate_until_date": today}
        self.award = Award.objects.create(title="优秀志愿者", **shared, **dates, created_at=clock.now())
        granted = Award.objects.create(title="去年的优秀志愿者", **shared, **dates, state="granted", created_at=clock.now())
        self.nomination = Nomination.objects.create(
            award=self.award, person=self.volunteer, words=MARK, proposed_by=self.resident, proposed_at=clock.now()
        )
        past = Nomination.objects.create(award=granted, person=self.volunteer, words="去年", state="honoured", proposed_at=clock.now())
        self.evidence = NominationEvidence.objects.create(
            nomination=self.nomination, kind="file", words=MARK, file="honours/none.pdf", added_at=clock.now()
        )
        self.doubt = AwardObjection.objects.create(nomination=self.nomination, raised_by=self.resident, words=MARK, raised_at=clock.now())
        self.honour = Honour.objects.create(
            award=granted, nomination=past, person=self.volunteer, title="去年的优秀志愿者", issuer=self.hub, words=MARK, granted_on=today
        )
        rule = StarRule.objects.get(territory__isnull=True)
        self.star = StarGrant.objects.create(person=self.volunteer, rule=rule, level=1, needed_minutes=60, minutes=60, granted_at=clock.now())
        self.rule_set = StarRule.objects.create(
            territory=self.street, version=1, name=MARK, star_hours=[10], source="街道", from_date=today, proposed_by=self.hub_manager
        )
        self.note = ThanksNote.objects.create(
            activity=self.shown, writer_digest="0" * 64, words=MARK, written_on=today, state="flagged", flags=["phone"]
        )
        reached = ThanksNote.objects.create(
            activity=self.shown, writer_digest="1" * 64, words=MARK, written_on=today, state="relayed", relayed_on=today
        )
        self.receipt = ThanksReceipt.objects.create(note=reached, person=self.volunteer, shows_activity=False, reached_on=today)

    def _of_honours(self, argument: str, route: str) -> list[Any]:
        if argument == "step":
            return ["close" if route.startswith("awards/") else "decline"]
        by_start = {
            "h/": [self.honour.code],
            "v/": [self.honour.code],
            "stars/": [self.star.pk],
            "awards/": [self.award.pk],
            "nominations/": [self.nomination.number],
            "evidence/": [self.evidence.pk],
            "objections/": [self.doubt.pk],
            "rules/": [self.rule_set.pk],
            "thanks/a/": [self.hidden.code, self.shown.code],
            "thanks/n/": [self.need.number],
            "thanks/for/": [self.hidden.code, self.shown.code],
            "thanks/desk/": [self.note.pk],
            "thanks/": [self.receipt.pk],
        }
        return next(found for start, found in by_start.items() if route.startswith(start))

    def _of_appointments(self, argument: str) -> list[Any]:
        standing = {"code": [self.appointment.code], "hours": [self.desk_hours.pk], "day": [self.desk_day.pk]}
        return standing.get(argument, [self.desk.pk, self.closed_desk.pk])

    def _of_station(self, argument: str, route: str) -> list[Any]:
        if argument != "pk":
            return {"number": [self.station.number], "version": [1]}.get(argument, [str(self.station.pk)])
        by_part = {
            "shelf/": [self.item.pk, self.offered_item.pk],
            "takings/": [self.taking.pk],
            "green/": [self.rate.pk],
            "thanks/": [self.thanks.pk],
            "rounds/": [self.tour.pk],
            "supplies/": [self.supply.pk],
            "faults/": [self.fault.pk],
        }
        return next(found for part, found in by_part.items() if part in route)

    def _standing(self, argument: str, namespace: str, route: str) -> list[Any]:
        """What of the body could stand at this place of an address."""
        numbers = [self.resident.number, self.volunteer.number]
        activities = [self.hidden.code, self.shown.code]
        if namespace == "stations":
            return self._of_station(argument, route)
        if namespace == "appointments":
            return self._of_appointments(argument)
        if namespace == "honours":
            return self._of_honours(argument, route)
        if namespace == "dossier":
            return self._of_dossier(argument, route)
        by_start = {
            "organizations": {
                "places/": [self.place.pk],
                "calendar/": [self.calendar_day.pk],
                "roles/<": [self.grant.pk],
                "memberships/<": [self.membership.pk],
                "person/": numbers,
                "": [self.body.slug],
            },
            "projects": {"pledge/": [self.pledge.pk], "milestone/": [self.milestone.pk], "": [self.draft.number, self.running.number]},
            "activities": {
                "shift/": [self.hidden_shift.pk, self.shift.pk, self.past_shift.pk],
                "attendance/": [self.attendance.pk],
                "ticket/": [self.sign_up.code],
                "scans/": [self.scan.pk],
                "tablets/": [self.kiosk.pk],
                "suspensions/": [self.suspension.pk],
                "tablet/": [f"{self.kiosk.pk}-{'0' * 20}"],
                "": activities,
            },
            "recognition": {
                "confirm/<": [self.past_shift.pk],
                "appeals/<": [self.appeal.pk],
                "claim/<": [self.past_shift.pk],
                "claims/<": [self.claim.number],
                "evidence/<": [self.claim.number],
                "backfills/<": [self.backfill.number],
                "look/<": [self.outlier.pk],
                "certificates/<": [self.certificate.code],
                "issued/requests/": [self.request.pk],
                "issued/batches/": [self.batch.pk],
                "seals/": [self.seal.pk],
                "keys/": [self.certificate.key_id],
                "issuers/": [0],
                "": [self.record.number],
            },
            "points": {
                "give/": [self.gift.pk],
                "family/": [self.tie.pk],
                "rules/": [self.points_rule.version],
                "pools/grants/": [self.pool_grant.pk],
                "ledger/": [self.points_account.pk],
                "between/": [self.debt.pk],
            },
            "rewards": {"voucher/": [self.redemption.pk], "take-in/": [self.redemption.pk], "": [self.reward.number]},
            "portal": {"a/": [self.hidden.code], "s/": [self.station.number], "v/shared/": [self.share.token], "v/": [self.certificate.code], "": ["AAAA-BBBB"]},
            "accounts": {"": [self.consent.pk]},
            "notices": {"": [self.notice.pk]},
            "bookings": {
                "calendars/room/": [self.hall.pk],
                "calendars/<": ["no-such-token"],
                "door/": [self.hall.code, self.closed_hall.code],
                "room/": [self.hall.pk, self.closed_hall.pk],
                "venue/": [self.venue.pk],
                "wait/": [self.wait.pk],
                "": [self.booking.number, self.asked.number],
            },
            "venues": {"rooms/": [self.hall.pk, self.closed_hall.pk], "photos/": [self.photo.pk], "": [self.closed_venue.pk, self.venue.pk]},
            "imports": {"": [self.run.pk]},
            "volunteers": {"teams/": [self.team.pk], "": numbers},
            "needs": {"offers/": [self.offer.pk, self.met_offer.pk], "": [need.number for need in self.asked_needs]},
            "evaluation": {"rate/": [self.came.code], "": activities},
            "insight": {"": ["volunteers", "service-hours", "needs-asked"]},
            "surveys": {"": [self.hidden_survey.number, self.survey.number]},
            "visits": {
                "follow-ups/": [self.promise.pk],
                "plan/": [self.plan.pk],
                "": [self.visit.number, self.past_visit.number],
            },
            "themes": {
                "runs/": [self.mining.pk],
                "undo/": [self.step.pk],
                "packages/": [self.package.pk],
                "": [self.theme.number, self.other_theme.number, self.old_theme.number, self.joined_theme.number],
            },
            "matching": {
                "rosters/new/": activities,
                "resources/": [self.resource.pk],
                "packages/need/": [need.number for need in self.asked_needs],
                "packages/": [self.match.pk],
                "rosters/": [self.roster.pk, self.draft_roster.pk],
                "lines/": [self.line.pk],
                "answer/line/": [self.line.pk],
                "draws/": [self.drawing.code],
                "rotas/": [self.rota.pk],
                "rota-hosts/": [self.rota_host.pk],
                "turns/": [turn.pk for turn in self.turns],
                "swaps/": [self.swap.pk],
                "for-me/": [self.refusal.pk],
                "invitations/": [self.invitation.pk],
                "positions/": [self.position.pk, self.hidden_shift.positions.get().pk],
                "answer/": [self.roster.pk],
            },
            "overlap": {"co-hosting/": [self.proposal.pk, self.agreed.pk], "people/": activities},
        }  # fmt: skip
        by_name = {
            "question": ["wish"],
            "kind": ["roster"],
            "slug": [self.body.slug],
            "shift": [self.late_shift.pk],
            "listed": [self.draw_list.pk],
            "limit": [self.limit.pk],
            "share": [self.share.pk],
            "year": [2026],
            "month": [5],
        }
        if argument in by_name:
            return by_name[argument]
        return next(found for start, found in by_start[namespace].items() if route.startswith(start))

    def values(self, name: str) -> list[dict[str, Any]]:
        """The arguments of an address: every thing of the body that could stand there."""
        first, *others = list(URLS[name].pattern.converters) or [""]  # type: ignore[union-attr]
        if not first:
            return [{}]
        route, namespace = str(URLS[name].pattern), name.split(":")[0]
        rest = {
            other: self.helper.number
            if other == "number" and namespace not in ("stations", "dossier")
            else self._standing(other, namespace, route)[0]
            for other in others
        }
        return [{first: value, **rest} for value in self._standing(first, namespace, route)]

    def questions(self) -> dict[str, Any]:
        """What pages without a thing in their address take from a question: things of the body."""
        return {
            "activity": self.hidden.code, "plan": self.plan.pk, "from": self.hidden_survey.number, "theme": self.theme.number, "need": self.need.number,
            "open": self.theme.number, "project": self.draft.number, "person": self.resident.number, "organization": self.body.slug, "host": self.body.slug,
            "thing": f"a{self.hidden.pk}", "with": self.hidden_twin.pk, "team": self.team.pk, "segment": "elders", "q": MARK[:1], "notes": "on", "run": self.match.pk, "place": self.street.pk,
        }  # fmt: skip

    def claims(self) -> dict[str, Any]:
        """A form that names the body's things in every field that could take one."""
        return {
            **dict.fromkeys(("organization", "host", "lead", "asker_organization"), self.body.pk),
            **dict.fromkeys(("leader", "manager", "handler"), self.manager.pk),
            "venue": self.venue.pk, "territory": self.place.pk, "parent": self.place.pk, "residence": self.place.pk, "scope": f"organization:{self.body.pk}",
            "project": self.draft.number, "need": [need.number for need in self.all_needs], "into": self.need.number, "ids": [need.pk for need in self.all_needs] + [self.sign_up.pk],
            "sign_up": [self.sign_up.pk, self.came.pk], "person": self.volunteer.number, "number": self.volunteer.number, "position": self.position.pk,
            "who": self.volunteer.number, "role": Role.ORG_MANAGER, "state": "closed", "field": "phone", "reason": "说明原因", "words": "说几句话", "name": "新名字", "title": "新标题",
            "short_name": "新", "kind": "place", "category": "other", "urgency": 0, "is_public": "on", "step": "words", "act": "in", "code": self.sign_up.code, "score": 5, "minutes": 0,
            "version": 1, "due_date": "2030-01-01", "done_date": "", "in_at": "2026-06-10 10:00", "weeks": 1, "outcome": "好", "served_count": 3, "cancel_until_hours": 3, "what": "accept",
            "level": "building", "consent": "on", "address": "某处", "span": "all", "kept": "no", "quantity": 1, "capacity": 9, "spent_fen": "1", "pasted": "姓名\t电话\n王小明\t13800000000",
            "shifts-TOTAL_FORMS": 1, "shifts-INITIAL_FORMS": 1, "shifts-0-pk": self.shift.pk, "shifts-0-date": "2030-01-01", "shifts-0-start": "10:00", "shifts-0-end": "11:00",
            "positions-TOTAL_FORMS": 1, "positions-INITIAL_FORMS": 0, "positions-0-name": "登记", "positions-0-kind": "volunteer", "positions-0-capacity": 3,
        }  # fmt: skip

    def special_claims(self) -> dict[str, dict[str, Any]]:
        """Fields that mean something else in these apps."""
        key = collecting.sentences_of(self.survey, [self.response])
        sentence = list(key)[1].key
        return {
            "needs": {"answer": "agree", "meets": "on", "consent": "当面说好"},
            "surveys": {
                "to": "closed", "answer": [self.response.pk], f"{sentence}-take": "on", f"{sentence}-category": "health", f"{sentence}-join": self.public_need.number,
                "sentence": self.response.sentences.get().pk, "do": "remove:wish", "page": 1, "a-group": "elders", "a-wish": "想学写字", "asked_name": "王某",
                "shown": ["hard", "happy", "wish"], "paper_number": 7,
            },
            "visits": {
                "ids": [self.body.pk], "others": [0, 1], "notes": "说了几句", "present": "都在", "planned_date": "2030-01-01", "visited_on": "2026-01-01",
                "every_weeks": 4, "from_date": "2030-01-01", "to_date": "", "visitors": [self.manager.pk], "result": "办好了", "p1-words": "答应一件事",
            },
            "themes": {
                "ids": [need.pk for need in self.all_needs], "to": self.other_theme.number, "into": self.other_theme.pk, "label": "新名字", "locked": "yes",
                "segment": "elders", "lines": "一条", "themes": [self.theme.pk], "summary": "新", "elders": 3, "source": "街道", "is_active": "on",
            },
            "matching": {
                "state": "withdrawn", "place": self.street.pk, "run": self.match.pk, "hours": "2", "is_monthly": "1", "times": 1, "fen": "9", "topics": "other",
                "do": "agree", "other": self.turns[2].pk, "host": self.rota_host.pk, "notes": "记几句", "size": 2, "from_date": "2030-01-01", "to_date": "2030-02-01",
                "dates": "2030-01-01", "rhythm": "listed", "nth": 1, "weekday": 5, "every_weeks": 4, "start_time": "14:00", "ids": [self.partner.pk],
            },
            "stations": {
                "kind": "give", "count": 1, "on": "2026-01-01", "material": "纸", "per_amount": 1, "unit": "kg", "gives": "皂", "gives_count": 1, "amount": 40,
                "water": "fails", "kinds": ["love"], "inspector": self.manager.pk, "stations": [self.station.pk], "contact": self.manager.pk, "state": "closed",
            },
            "bookings": {
                "room": self.hall.pk, "date": str(clock.today() + dt.timedelta(days=3)), "start": "10:00", "end": "11:00", "until": "2030-01-01", "which": "following",
                "answer": "agree", "hours": 1, "cancel_others": "on", "rhythm": "", "whole": "", "people_count": 2, "note": "", "every": 1, "left_out": "",
            },
            "overlap": {
                "thing": f"a{self.shown.pk}", "other": [f"a{self.twin.pk}", f"a{self.hidden_twin.pk}"], "kind": "different", "source": "members",
                "partners": [f"{self.partner.pk}:{self.hidden_twin.pk}"], "hours_percent": 10, "people_percent": 10,
            },
        }  # fmt: skip

    def things(self) -> dict[type, list[int]]:
        """The rows that others may not hang anything on."""
        rows: list[Any] = [
            self.body, self.partner, self.draft, self.running, self.team, self.hidden, self.shown, self.over, self.twin, self.hidden_twin, self.hidden_shift, self.shift,
            self.position, self.run, self.manager, self.resident, self.volunteer, self.sign_up, self.came, self.attendance, self.scan, self.kiosk, self.place, self.hidden_survey, self.survey,
            self.response, self.visit, self.past_visit, self.plan, self.promise, self.theme, self.other_theme, self.joined_theme, self.old_theme, self.package, self.mining,
            self.agreed, self.proposal, self.people, self.decision, self.offer, self.met_offer, self.helper, self.roster, self.draft_roster, self.line, self.resource, self.match, self.rota,
            self.rota_host, *self.turns, self.swap, self.station, self.tour, self.taking, self.rate, self.desk, self.closed_desk, self.appointment, self.hall, self.closed_hall, self.booking, self.asked, self.wait, *self.all_needs,
            self.award, self.nomination, self.evidence, self.doubt, self.honour, self.star, self.rule_set, self.note, self.receipt,
            self.gift, self.tie, self.pool_grant, self.points_rule, self.points_account, self.debt, self.reward, self.redemption,
        ]  # fmt: skip
        found: dict[type, list[int]] = {}
        for row in rows:
            found.setdefault(type(row), []).append(row.pk)
        return found
