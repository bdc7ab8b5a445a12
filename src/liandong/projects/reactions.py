"""What projects do, as jobs, when something has happened: ask the parties, tell those who run them, mind the milestones."""

from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.organizations import queries as organizations
from liandong.organizations.models import Right
from liandong.projects import queries
from liandong.projects.models import Pledge, Project


def page_of(project: Project) -> str:
    return reverse("projects:project", args=[project.number])


def _tell(people: list[Person], entry: Entry, *, project: Project, values: dict[str, Any]) -> None:
    """Each once, and not the one who did it."""
    for person in {person.pk: person for person in people if person is not None}.values():
        if person.pk != entry.by_person:
            notify(person, kind=entry.verb, values={"project": project.name, **values}, url=page_of(project), once_key=f"entry:{entry.pk}")


def _running(project: Project) -> list[Person]:
    """Who runs the project: its manager, else everybody who may."""
    return [project.manager] if project.manager is not None else list(organizations.people_with(project.lead, Right.MANAGE_PROJECTS))


@react("pledge.proposed", "pledge.agreed", "pledge.declined")
def tell_of_pledge(entry: Entry) -> None:
    pledge = Pledge.objects.select_related("organization", "project__lead", "project__manager").get(pk=entry.on_key)
    people = list(organizations.people_with(pledge.organization, Right.SIGN_COMPACT)) if entry.verb == "pledge.proposed" else _running(pledge.project)
    values = {"organization": pledge.organization.label, "kind": str(pledge.get_kind_display()), "words": pledge.words, "reason": pledge.answer_words}
    _tell(people, entry, project=pledge.project, values=values)


@react("project.proposed")
def tell_approvers(entry: Entry) -> None:
    project = Project.objects.select_related("lead", "territory").get(pk=entry.on_key)
    _tell(
        list(organizations.hub_people(project.territory, Right.APPROVE_PROJECTS)), entry, project=project, values={"organization": project.lead.label}
    )


@react("project.approved", "project.returned", "project.finished", "project.cancelled")
def tell_parties(entry: Entry) -> None:
    project = Project.objects.select_related("lead", "manager").get(pk=entry.on_key)
    people = _running(project)
    if entry.verb != "project.returned":
        for pledge in project.pledges.exclude(state=Pledge.State.DECLINED).select_related("organization"):
            people += list(organizations.people_with(pledge.organization, Right.SIGN_COMPACT))
    _tell(people, entry, project=project, values={"reason": entry.reason, "words": project.closing_words[:200]})


@app.periodic(cron="30 1 * * *", periodic_id="projects_milestones")  # UTC: 9:30 in China
@app.task(name="liandong.projects_remind", queueing_lock="projects_remind")
def remind_of_milestones(timestamp: int = 0) -> None:
    remind()


def remind() -> int:
    """Tell those who run a project of each step that is late, once."""
    told = 0
    for milestone in queries.late_milestones():
        for person in _running(milestone.project):
            values = {"milestone": milestone.name, "project": milestone.project.name, "due": milestone.due_date.isoformat()}
            told += (
                notify(person, kind="milestone.late", values=values, url=page_of(milestone.project), once_key=f"late:milestone:{milestone.pk}")
                is not None
            )
    return told
