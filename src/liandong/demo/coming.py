"""Who signed up and came, and what became of the needs."""

import datetime as dt
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core.search import vector
from liandong.demo.doing import Doing
from liandong.demo.tools import BATCH, DAY, HOUR
from liandong.needs.models import NeedAnswer
from liandong.projects.models import Pledge, Project, ProjectNeed


class Coming(Doing):
    """Who signed up and came, and what became of the needs."""

    def choose(self, street: int, day: dt.date, count: int, seen: set[int]) -> list[Person]:
        members, cumulative = self.pool[street]
        chosen: list[Person] = []
        for _ in range(count * 6):
            if len(chosen) == count:
                break
            person = members[bisect(cumulative, self.rng.random() * cumulative[-1])]
            if (person.pk, day) not in self.busy and person.pk not in seen:
                self.busy.add((person.pk, day))
                seen.add(person.pk)
                chosen.append(person)
        return chosen

    def make_sign_ups(self) -> None:
        rng = self.rng
        residents_of: dict[int, list[Person]] = defaultdict(list)
        for person in self.residents:
            residents_of[self.home_of[person.pk].parent_id].append(person)
        sign_ups: list[SignUp] = []
        attendances: list[Attendance] = []
        self.attended: list[tuple[SignUp, Attendance, Activity, Shift, Position]] = []
        self.to_confirm: set[int] = set()
        guests_of: dict[int, int] = defaultdict(int)
        upcoming_of: dict[int, list[SignUp]] = defaultdict(list)
        for activity, shift, positions, plan in self.rows:
            seen: set[int] = set()
            day = shift.starts_at.astimezone(self.zone).date()
            street = activity.territory.parent_id
            volunteer_positions = [p for p in positions if p.kind == "volunteer"]
            people: list[tuple[Person, Position]] = []
            for p in [self.cast["volunteer"]] if plan["story"] or plan.get("today") else []:
                self.busy.add((p.pk, day))
                seen.add(p.pk)
                people.append((p, volunteer_positions[0]))
            fill = 1.0 if plan["over"] else 0.8 if plan["story"] or plan.get("today") else rng.choice((0.3, 0.6, 0.9, 1.0))
            for n, person in enumerate(self.choose(street, day, int(plan["volunteers"] * fill), seen)):
                people.append((person, volunteer_positions[(n + 1) % len(volunteer_positions)]))
            guests = [
                g
                for g in rng.sample(residents_of[street], min(len(residents_of[street]), int(plan["participants"] * fill)))
                if (g.pk, day) not in self.busy
            ]
            if plan["story"] and plan["over"] and self.cast["resident"] not in guests:
                guests.insert(0, self.cast["resident"])
            for guest in guests:
                self.busy.add((guest.pk, day))
                people.append((guest, positions[-1]))
            taken: dict[int, int] = defaultdict(int)
            for sequence, (person, position) in enumerate(people, 1):
                taken[position.pk] += 1
                state = "confirmed" if taken[position.pk] <= position.capacity else "waiting"
                signed = min(activity.published_at + dt.timedelta(hours=rng.uniform(0.1, 90)), shift.starts_at - HOUR, self.now)
                sign_up = SignUp(
                    position=position,
                    shift=shift,
                    person=person,
                    state=state,
                    sequence=sequence,
                    code=self.code(6),
                    signed_up_at=max(signed, activity.published_at),
                    signed_up_by=person,
                )
                if plan["over"] and state == "waiting":
                    sign_up.state, sign_up.cancelled_at = "cancelled", shift.starts_at
                elif plan["over"] and rng.random() < 0.07 and not (plan["story"] and person in self.cast.values()):
                    sign_up.state = "absent"
                elif plan["over"]:
                    attendance = Attendance(
                        sign_up=sign_up,
                        in_at=shift.starts_at + dt.timedelta(minutes=rng.randint(-9, 6)),
                        in_method=rng.choices(("venue_code", "ticket", "list"), (6, 3, 1))[0],
                        out_at=shift.ends_at + dt.timedelta(minutes=rng.randint(-8, 9)),
                        out_method=rng.choices(("venue_code", "ticket", "list", "shift_end"), (5, 2, 1, 2))[0],
                    )
                    if attendance.out_method == "shift_end":
                        attendance.out_at = shift.ends_at
                    attendance.in_by = activity.leader if attendance.in_method != "venue_code" else person
                    attendance.out_by = (
                        None if attendance.out_method == "shift_end" else activity.leader if attendance.out_method != "venue_code" else person
                    )
                    attendances.append(attendance)
                    if plan.get("to_confirm"):
                        self.to_confirm.add(activity.pk)
                    guests_of[activity.pk] += position.kind == "participant"
                    self.attended.append((sign_up, attendance, activity, shift, position))
                sign_ups.append(sign_up)
                if person is self.cast["volunteer"] and not plan["over"]:
                    upcoming_of[activity.pk].append(sign_up)
        self.save(sign_ups)
        self.save([self.linked(a, "sign_up") for a in attendances])
        with connection.cursor() as cursor:
            cursor.execute(
                """update activities_shift s set next_sequence = taken.last + 1
                   from (select shift_id, max(sequence) as last from activities_signup group by shift_id) taken where taken.shift_id = s.id"""
            )
        over = [row for row in self.rows if row[3]["over"]]
        served_each = self.size.served / max(1, len(over))
        for activity, _shift, _positions, plan in over:
            served = max(plan["participants"], round(rng.uniform(0.5, 1.5) * served_each))
            if plan["story"]:
                activity.served_count, activity.outcome = guests_of[activity.pk], f"修好 {guests_of[activity.pk] * 5 // 4} 件小家电"
            else:
                activity.served_count, activity.outcome = served, plan["theme"].outcome.format(n=served)
            self.note("activity.finished", activity, activity.finished_at or self.now, activity.leader, state="finished")
        Activity.objects.bulk_update([row[0] for row in over], ["served_count", "outcome"], batch_size=BATCH)
        self.coming = [(s, a) for a, *_ in self.rows for s in upcoming_of.get(a.pk, ())]
        self.finish_needs()
        self.say(f"{len(sign_ups)} sign-ups, {len(attendances)} came")

    def finish_needs(self) -> None:
        """What became of the needs, now that the activities are known."""
        rng = self.rng
        by_project: dict[int, list[Activity]] = defaultdict(list)
        for activity, *_ in self.rows:
            if activity.project_id or activity.project:
                by_project[activity.project.pk].append(activity)
        for project, needs in self.project_needs:
            activities = by_project[project.pk]
            finished = [a for a in activities if a.state == "finished"]
            upcoming = [a for a in activities if a.state == "published"]
            for need in needs:
                self.step(need, "planned", max(project.created_at, need.matched_at), True)
                if activities:
                    self.step(need, "active", max(min(a.published_at for a in activities), need.planned_at), True)
                if finished and (not upcoming or need is self.story_need):
                    done = self.story_done(finished) if need is self.story_need else max(*(a.finished_at for a in finished), need.active_at)
                    self.step(need, "done", done, True)
                    if need is not self.story_need and rng.random() < 0.55 and done + 2 * DAY < self.now:
                        need.state, need.closed_at = "confirmed", self.later(done, 1, 8)
                        need.closing_words = rng.choice(self.theme_of[need.number].praise)
            if finished and not upcoming and project.ends_date < self.today:
                last = max(a.finished_at for a in finished) + DAY
                project.state, project.finished_at = "done", min(self.at(max(last.date(), project.ends_date - 5 * DAY), 16, 30), self.now - HOUR)
            project.spent_fen = 284_600 if needs is self.story_needs else int(project.budget_fen * rng.uniform(0.55, 0.98)) if finished else 0
        for need in self.needs:
            need.search = vector(need.words, need.title, need.territory.name)
        self.save(self.needs)
        self.save([ProjectNeed(project=project, need=need, added_at=need.planned_at) for project, needs in self.project_needs for need in needs])
        self.save(
            [
                NeedAnswer(need=need, words=said, answered_by=need.handler, organization=need.claimed_by, answered_at=moment, promised_date=promised)
                for need, said, moment, promised in self.answers
            ]
        )
        Project.objects.bulk_update(self.projects, ["state", "finished_at", "spent_fen"], batch_size=BATCH)
        done = {project.pk for project in self.projects if project.state == "done"}
        kept = [pledge for pledge in self.pledges if pledge.project_id in done]
        for pledge in kept:
            agreed_at = pledge.agreed_at or pledge.project.approved_at
            pledge.state, pledge.agreed_by, pledge.agreed_at = "kept", self.staff[pledge.organization_id], agreed_at
        Pledge.objects.bulk_update(kept, ["state", "agreed_by", "agreed_at"], batch_size=BATCH)
        for need in self.needs:
            for state in ("submitted", "accepted", "claimed", "matched", "planned", "active", "done"):
                if moment := getattr(need, f"{state}_at"):
                    self.note(f"need.{state}", need, moment, need.submitted_by if state == "submitted" else need.handler, state=state)
            if need.closed_at:
                self.note(f"need.{need.state}", need, need.closed_at, need.handler, state=need.state)
        for project in self.projects:
            self.note("project.created", project, project.created_at, project.created_by, state="draft")
            self.note("project.approved", project, project.approved_at, self.cast["hub"], state="running")
            if project.finished_at:
                self.note("project.finished", project, project.finished_at, project.manager, state="done")
        for activity, *_ in self.rows:
            self.note("activity.published", activity, activity.published_at, activity.created_by, state="published")
        self.say(f"{len(self.needs)} needs, {len(self.projects)} projects")

    def story_done(self, finished: Iterable[Activity]) -> dt.datetime:
        return min(activity.finished_at for activity in finished if activity.finished_at)
