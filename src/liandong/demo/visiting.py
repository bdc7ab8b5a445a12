"""Visits of a year with their plan, notes and promises, the needs that came of them, and wishes in several states."""

import datetime as dt
import uuid
from random import Random
from typing import Any

from liandong.core.search import vector
from liandong.demo import visit_words as words
from liandong.demo.tools import DAY, HOUR
from liandong.journal.models import Entry
from liandong.journal.services import key_of
from liandong.needs import suggest
from liandong.needs.mining import asking
from liandong.needs.models import Introduction, Need, NeedAnswer
from liandong.needs.services import answer_due_from
from liandong.organizations.models import Organization, Territory
from liandong.visits.models import FollowUp, Visit, VisitNote, Visitor, VisitPlan, VisitSentence
from liandong.visits.services import SPACE

CODE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
PLANS, VISITS = 20, 60  # in the first street; a third of it in each other one
WISHES = 12


class Book:
    """What is made, in the order it is saved."""

    def __init__(self, town: Any) -> None:
        self.town = town
        self.rng = Random(f"{town.seed}-visits")  # noqa: S311 -- repeatable on purpose
        self.used: set[str] = set()  # notes whose sentences became needs
        self.plans: list[VisitPlan] = []
        self.visits: list[Visit] = []
        self.visitors: list[Visitor] = []
        self.notes: list[VisitNote] = []
        self.follow_ups: list[FollowUp] = []
        self.needs: list[Need] = []
        self.sentences: list[VisitSentence] = []
        self.answers: list[NeedAnswer] = []
        self.entries: list[tuple[str, Any, dt.datetime, Any, dict[str, Any]]] = []

    def code(self, prefix: str) -> str:
        while True:
            made = prefix + "".join(self.rng.choices(CODE, k=7))
            if made not in self.town.used_codes:
                self.town.used_codes.add(made)
                return made

    def note(self, verb: str, on: Any, at: dt.datetime, by: Any, **after: Any) -> None:
        self.entries.append((verb, on, at, by, after))

    def save(self) -> None:
        save, linked = self.town.save, self.town.linked
        save(self.plans)
        save([linked(visit, "plan") if visit.plan is not None else visit for visit in self.visits])
        save([linked(row, "visit") for row in self.visitors])
        save([linked(row, "visit") for row in self.notes])
        save([linked(row, "visit") for row in self.follow_ups])
        save(self.needs)
        save([linked(row, "need") for row in self.answers])
        save([linked(linked(row, "note"), "need") for row in self.sentences])
        self.town.save(
            [
                Entry(at=at, verb=verb, by=key_of(by), on=key_of(on), after=after, before={}, request_id="DEMO")
                for verb, on, at, by, after in sorted(self.entries, key=lambda entry: entry[2])
            ]
        )


def plant(town: Any) -> None:
    """Visits and wishes."""
    book = Book(town)
    for number, street in enumerate(town.streets):
        _street(book, street, PLANS if number == 0 else PLANS // 3, VISITS if number == 0 else VISITS // 4, is_first=number == 0)
    book.save()
    town.say(f"{len(book.plans)} visit plans, {len(book.visits)} visits, {len(book.sentences)} needs of their sentences")
    _wishes(town)


# Visits


def _street(book: Book, street: Territory, plans: int, visits: int, *, is_first: bool) -> None:
    town, rng = book.town, book.rng
    places = town.in_street[street.pk]
    committee = town.committees[places[0].pk]
    hosts = [committee, committee, town.hubs[street.pk], *town.plan_of[street.pk][:1]]
    if is_first:
        hosts = [committee, committee, committee, town.hubs[street.pk], town.social[0]]
    firms = list(town.firms_of[street.pk])
    taken: set[tuple[int, int]] = set()
    made: list[VisitPlan] = []
    for turn in range(plans):
        host = hosts[turn % len(hosts)]
        from_date = town.today - (360 - rng.randint(0, 40)) * DAY
        whom = _home(rng, host, places, turn) if turn % 5 in (2, 4) or not firms else _firm(rng, host, firms, taken)
        if whom is None:
            whom = _home(rng, host, places, turn)
        plan = VisitPlan(
            host=host,
            every_weeks=rng.choice((6, 8, 8, 13) if whom["visited_organization"] else (4, 4, 8, 13)),
            handler=town.staff[host.pk],
            from_date=from_date,
            created_by=town.staff[host.pk],
            created_at=town.at(from_date, 9),
            **whom,
        )
        made.append(plan)
        book.note("visit_plan.created", plan, plan.created_at, plan.handler, every_weeks=plan.every_weeks)
    book.plans += made
    _visits(book, made, visits)


def _firm(rng: Random, host: Organization, firms: list[Organization], taken: set[tuple[int, int]]) -> dict[str, Any] | None:
    free = [firm for firm in firms if (host.pk, firm.pk) not in taken]
    if not free:
        return None
    firm = rng.choice(free)
    taken.add((host.pk, firm.pk))
    return {"visited_organization": firm, "visited_name": "", "place": firm.address[:120], "territory": firm.territory}


def _home(rng: Random, host: Organization, places: list[Territory], turn: int) -> dict[str, Any]:
    place = host.territory if host.territory.level == Territory.Level.COMMUNITY else rng.choice(places)
    where = f"{rng.randint(1, 18)} 号楼 {rng.randint(1, 4)} 单元 {rng.randint(1, 6)}0{rng.randint(1, 3)}"
    return {"visited_organization": None, "visited_name": words.HOME_NAMES[turn // 2 % len(words.HOME_NAMES)][0], "place": where, "territory": place}


def _visits(book: Book, plans: list[VisitPlan], number: int) -> None:
    """Most plans are kept, a few are behind, one never began; some next visits stand on a day."""
    town, rng = book.town, book.rng
    slots: list[tuple[dt.date, VisitPlan, int]] = []
    for turn, plan in enumerate(plans):
        if turn % 9 == 7:
            continue  # never visited
        days = []
        day, last = plan.from_date + rng.randint(0, 20) * DAY, town.today - (90 if turn % 6 == 3 else 1) * DAY
        while day <= last:
            days.append(day - dt.timedelta(days=max(day.weekday() - 4, 0)))
            day += dt.timedelta(weeks=plan.every_weeks, days=rng.randint(-4, 12))
        told = _notes_for(rng, plan, len(days))
        days = days[len(days) - len(told) :]
        if days:
            plan.from_date = days[0]
            plan.created_at = town.at(days[0] - 7 * DAY, 9)
        slots += zip(days, [plan] * len(days), told, strict=True)
    while len(slots) > number - 6 > 0:
        slots.pop(rng.randrange(len(slots)))
    for day, plan, note in sorted(slots, key=lambda slot: slot[0]):
        _done(book, plan, day, note)
    for place, plan in enumerate(rng.sample(plans, min(6, len(plans)))):
        day = town.today + (-6, -1, 0, 1, 3, 9)[place] * DAY
        visit = _visit(book, plan, day)
        if place == 0 and plan.handler == town.cast["community"]:
            book.notes.append(
                VisitNote(visit=visit, version=0, words="到门口，负责人还在开会。先记两句：", written_by=plan.handler, written_at=town.now - 2 * HOUR)
            )
    if plans and number == VISITS:
        off = _visit(book, plans[0], town.today - 40 * DAY)
        off.state, off.cancel_reason = "cancelled", "对方放假，下月再约"


def _notes_for(rng: Random, plan: VisitPlan, count: int) -> list[int]:
    """Which notes are told of the visits of a plan: no note twice, none that does not fit."""
    firm = plan.visited_organization
    if firm is None:
        return list(dict(words.HOME_NAMES)[plan.visited_name])[:count]
    fit = [number for number in range(len(words.FIRMS)) if any(part in firm.name for part in words.ONLY_AT.get(number, ("",)))]
    return rng.sample(fit, min(count, len(fit), 6))


def _visit(book: Book, plan: VisitPlan, day: dt.date) -> Visit:
    visit = Visit(
        number=book.code("V"),
        host=plan.host,
        plan=plan,
        planned_date=day,
        handler=plan.handler,
        created_by=plan.handler,
        created_at=min(book.town.at(day - 6 * DAY, 10), book.town.now - HOUR),
        visited_organization=plan.visited_organization,
        visited_name=plan.visited_name,
        place=plan.place,
        territory=plan.territory,
    )
    book.visits.append(visit)
    book.note("visit.planned", visit, visit.created_at, plan.handler, planned_date=str(day))
    return visit


def _done(book: Book, plan: VisitPlan, day: dt.date, told: int) -> None:
    town, rng = book.town, book.rng
    notes, promised, result = (words.FIRMS if plan.visited_organization else words.HOMES)[told]
    visit = _visit(book, plan, day)
    at = min(town.at(day, rng.randint(10, 17), rng.randint(0, 59)), town.now - HOUR)
    visit.state, visit.visited_on, visit.done_at = "done", day, at
    said = notes.format(f=plan.visited_organization.label if plan.visited_organization else "", n=plan.visited_name)
    note = VisitNote(visit=visit, version=1, words=said, present="", written_by=plan.handler, written_at=at)
    book.visitors.append(Visitor(visit=visit, person=plan.handler))
    book.notes.append(note)
    if promised:
        due = day + rng.choice((5, 7, 14)) * DAY
        kept = bool(result) and due < town.today
        book.follow_ups.append(
            FollowUp(
                visit=visit,
                words=promised,
                due_date=due if kept or due > town.today - 30 * DAY else town.today + rng.randint(-9, 6) * DAY,
                handler=plan.handler,
                created_at=at,
                done_at=town.at(due - rng.randint(0, 2) * DAY, 16) if kept else None,
                done_by=plan.handler if kept else None,
                result=result if kept else "",
            )
        )
    book.note("visit.done", visit, at, plan.handler, state="done", visited_on=str(day))
    wanted = [part for part in asking(said) if part.asks]
    if wanted and notes not in book.used and rng.random() < 0.75:
        book.used.add(notes)
        made = [_need(book, visit, note, part, at + HOUR) for part in wanted[: rng.choice((1, 1, 2))]]
        book.note("visit.needs_made", visit, at + HOUR, plan.handler, needs=[need.number for need in made])


def _need(book: Book, visit: Visit, note: VisitNote, part: Any, at: dt.datetime) -> Need:
    """A sentence that became a need: taken over by the community of its place, answered, the old ones done."""
    town, rng = book.town, book.rng
    at = min(at, town.now - HOUR / 2)
    community = visit.territory if visit.territory.level == Territory.Level.COMMUNITY else town.in_street[visit.territory.pk][0]
    said = suggest.unnamed(part.words, visit.visited_name)
    need = Need(
        number=book.code("N"),
        words=said,
        title=suggest.title_from(said)[:80],
        category=suggest.category_from(part.words),
        segment=suggest.segment_from(part.words, visit.visited_organization),
        source="visit",
        territory=community,
        place=visit.place,
        asker_organization=visit.visited_organization,
        asker_name=visit.visited_name,
        submitted_by=visit.handler,
        is_public=visit.visited_organization is not None,
        submission_key=uuid.uuid5(SPACE, f"{visit.number}:{part.words}"),
        submitted_at=at,
        answer_due_at=answer_due_from(at),
        search=vector(part.words),
    )
    if at < town.now - 2 * DAY:
        _answered(town, rng, need, book.answers, "走访时听您说的，我们在想办法。")
    book.needs.append(need)
    book.note("need.submitted", need, at, visit.handler, state="submitted", category=need.category)
    book.sentences.append(VisitSentence(note=note, start=part.start, end=part.end, words=part.words, need=need))
    return need


def _answered(town: Any, rng: Random, need: Need, answers: list[NeedAnswer], said: str) -> None:
    body = town.committees[need.territory.pk]
    need.claimed_by, need.handler, need.state = body, town.staff[body.pk], "claimed"
    need.accepted_at = need.submitted_at + rng.uniform(0.02, 0.2) * DAY
    need.claimed_at = need.accepted_at + rng.uniform(0.02, 0.2) * DAY
    need.answered_at = need.claimed_at + HOUR
    answers.append(NeedAnswer(need=need, words=said, answered_by=need.handler, organization=body, answered_at=need.answered_at))
    if need.submitted_at < town.now - 50 * DAY:
        need.state, need.matched_at, need.done_at = "confirmed", need.claimed_at + 2 * DAY, need.claimed_at + rng.uniform(6, 25) * DAY
        need.closed_at, need.closing_words = need.done_at + DAY, "办好了，谢谢您当面告诉我们。"


# Wishes


STATES = ("free", "free", "free", "offered", "offered", "waiting", "met", "apart", "done", "done", "free", "offered")


def _wishes(town: Any) -> None:
    """Small wishes whose askers nobody knows: waiting, offered, met, fulfilled without meeting."""
    rng = Random(f"{town.seed}-wishes")  # noqa: S311 -- repeatable on purpose
    needs: list[Need] = []
    answers: list[NeedAnswer] = []
    offers: list[Introduction] = []
    book = Book(town)
    for number, street in enumerate(town.streets):
        places = town.in_street[street.pk]
        people = [person for person in town.residents[1:] if town.home_of[person.pk].parent_id == street.pk] or town.residents[1:]
        givers = [person for person in town.volunteers[2:400] if town.home_of[person.pk].parent_id == street.pk] or town.volunteers[2:]
        for turn, state in enumerate(STATES[: WISHES if number == 0 else WISHES // 3]):
            said, category, segment, title = words.WISHES[(turn + number * 4) % len(words.WISHES)]
            asker, place = people[turn % len(people)], places[turn % len(places)] if turn % 3 else places[0]
            at = town.at(town.today - (60 if state == "done" else 3 + turn * 2) * DAY, 10, turn)
            is_cast = number == 0 and turn == 3
            need = Need(
                number=book.code("N"),
                words=said,
                title=title,
                category=category,
                segment=segment,
                territory=places[0] if is_cast else place,
                place=f"{rng.randint(1, 18)} 号楼 {rng.randint(1, 6)}0{rng.randint(1, 3)}",
                asker=town.cast["resident"] if is_cast else asker,
                submitted_by=town.cast["resident"] if is_cast else asker if turn % 2 else town.staff[town.committees[place.pk].pk],
                is_wish=True,
                people_count=1,
                submitted_at=at,
                answer_due_at=answer_due_from(at),
                search=vector(title, said),
            )
            _answered(town, rng, need, answers, "心愿已经上墙，有人认领马上告诉您。")
            needs.append(need)
            if state != "free":
                offers += _offers(town, rng, need, state, is_cast or (number == 0 and turn == 4), givers, book)
    save, linked = town.save, town.linked
    save(needs)
    save([linked(row, "need") for row in answers])
    save([linked(row, "need") for row in offers])
    book.entries += [("need.submitted", need, need.submitted_at, need.submitted_by, {"state": "submitted"}) for need in needs]
    book.entries += [
        ("wish.offered", offer.need, offer.offered_at, offer.giver, {"introduction": offer.pk, "state": offer.state}) for offer in offers
    ]
    book.save()
    town.say(f"{len(needs)} wishes, {len(offers)} offers")


def _offers(town: Any, rng: Random, need: Need, state: str, by_cast: bool, givers: list[Any], book: Book) -> list[Introduction]:
    at = need.answered_at + 8 * HOUR
    giver = town.cast["volunteer"] if by_cast and need.asker != town.cast["volunteer"] else rng.choice(givers)
    firm = rng.choice(town.firms_of[need.territory.parent_id] or town.enterprises) if rng.random() < 0.3 and not by_cast else None
    first = Introduction(
        need=need,
        giver=town.staff[firm.pk] if firm else giver,
        giver_organization=firm,
        state={"done": "apart", "waiting": "offered"}.get(state, state),
        giver_words=rng.choice(words.GIVER_WORDS),
        offered_at=at,
        giver_agreed_at=at if (state in ("met", "offered", "waiting") and rng.random() < 0.7) or state == "met" else None,
    )
    if first.state == "met":
        first.asker_agreed_at, first.agreed_by, first.asker_words = at + DAY, need.asker, rng.choice(words.ASKER_WORDS)
        if need.submitted_by_id != need.asker_id:
            first.agreed_by, first.consent_words = need.submitted_by, "上门当面问过，本人同意"
    elif first.state == "apart":
        first.declined_at = at + DAY
    rows = [first]
    if state == "waiting":
        second = next(person for person in givers if person.pk != first.giver.pk)
        rows.append(Introduction(need=need, giver=second, state="waiting", offered_at=at + 5 * HOUR, giver_words=rng.choice(words.GIVER_WORDS)))
    return rows
