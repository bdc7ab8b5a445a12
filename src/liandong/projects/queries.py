"""Everything read about projects."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from liandong.accounts.models import Person
from liandong.core import clock, search
from liandong.needs.models import Need
from liandong.needs.permissions import grounds_of
from liandong.organizations.models import Right
from liandong.organizations.permissions import RIGHTS_OF, grants_of
from liandong.projects import permissions
from liandong.projects.models import Milestone, Pledge, Project, ProjectNeed

# Without these three, agreed, a project cannot start.
NEEDED = (Pledge.Kind.PLACE, Pledge.Kind.PLAN, Pledge.Kind.HOURS)
STANDING = (Pledge.State.AGREED, Pledge.State.KEPT, Pledge.State.BROKEN)


def kinds_in(project: Project, *states: str) -> set[str]:
    """The kinds of promises of a project that are in these states."""
    return {pledge.kind for pledge in project.pledges.all() if pledge.state in states}


def missing_to_start(project: Project) -> list[Pledge.Kind]:
    """What is not agreed yet of place, plan and hours."""
    agreed = kinds_in(project, Pledge.State.AGREED, Pledge.State.KEPT)
    return [kind for kind in NEEDED if kind not in agreed]


def with_details(projects: QuerySet[Project]) -> QuerySet[Project]:
    """For a list: lead, place, the next milestone, how many needs, promises agreed and asked. A bounded number of queries."""
    today = clock.today()
    following = Milestone.objects.filter(project=OuterRef("pk"), done_date__isnull=True).order_by("due_date", "id")
    pledges = Pledge.objects.filter(project=OuterRef("pk")).order_by().values("project")
    return (
        projects.select_related("lead", "territory")
        .defer("search")
        .annotate(
            need_count=Subquery(ProjectNeed.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(n=Count("pk")).values("n")),
            asked_count=Subquery(pledges.annotate(n=Count("pk")).values("n")),
            agreed_count=Subquery(pledges.filter(state__in=STANDING).annotate(n=Count("pk")).values("n")),
            next_name=Subquery(following.values("name")[:1]),
            next_date=Subquery(following.values("due_date")[:1]),
            late_count=Subquery(following.filter(due_date__lt=today).order_by().values("project").annotate(n=Count("pk")).values("n")),
        )
    )


def found(projects: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Projects whose words, name, number or lead answer the text."""
    text = text.strip()
    if not text:
        return projects
    return projects.filter(Q(search=search.query(text)) | Q(name__icontains=text) | Q(number__iexact=text) | Q(lead__name__icontains=text))


def project_in_full(projects: QuerySet[Project], number: str) -> QuerySet[Project]:
    """One project with everything its page shows."""
    return (
        projects.filter(number=number)
        .select_related("lead__territory", "territory", "manager")
        .prefetch_related(
            Prefetch("pledges", Pledge.objects.select_related("organization__territory", "agreed_by").order_by("id")),
            Prefetch("milestones", Milestone.objects.order_by("due_date", "id")),
            Prefetch(
                "need_links",
                ProjectNeed.objects.select_related("need__territory", "need__asker", "need__asker_organization").order_by("need__submitted_at"),
            ),
        )
    )


def for_needs(need_ids: Iterable[int]) -> QuerySet[Project]:
    """The projects that answer these needs, not the called-off ones, oldest first, with their promises."""
    links = ProjectNeed.objects.filter(need__in=list(need_ids)).values("project")
    return (
        Project.objects.filter(pk__in=links)
        .exclude(state=Project.State.CANCELLED)
        .select_related("lead")
        .defer("search")
        .prefetch_related(Prefetch("pledges", Pledge.objects.select_related("organization").order_by("id")))
        .order_by("created_at")
    )


def said_alike(need: Need, project_ids: Iterable[int]) -> QuerySet[Need]:
    """Needs that were joined with this one, and those answered by the same projects; oldest first."""
    links = ProjectNeed.objects.filter(project__in=list(project_ids)).values("need")
    return (
        Need.objects.filter(Q(merged_into=need) | Q(pk__in=links))
        .exclude(pk=need.pk)
        .select_related("territory", "claimed_by__territory", "asker_organization__territory")
        .defer("search")
        .order_by("submitted_at")
    )


def needs_of(project_ids: Iterable[int]) -> QuerySet[Need]:
    """The needs that these projects answer, oldest first."""
    return (
        Need.objects.filter(pk__in=ProjectNeed.objects.filter(project__in=list(project_ids)).values("need"))
        .select_related("territory")
        .order_by("submitted_at")
    )


@dataclass(frozen=True)
class Waiting:
    """What waits for one person's signature or judgement, for the workbench."""

    pledges: list[Pledge]
    to_approve: list[Project]
    late_milestones: list[Milestone]


def waiting_for(person: Person, *, limit: int = 20) -> Waiting:
    """Promises to agree to, projects to approve, milestones past their day."""
    sign = [grant.organization_id for grant in grants_of(person) if grant.organization_id and Right.SIGN_COMPACT in RIGHTS_OF[grant.role]]
    pledges = (
        Pledge.objects.filter(organization__in=sign, state=Pledge.State.PROPOSED, project__state__in=Project.OPEN_STATES)
        .select_related("project", "organization")
        .order_by("id")
    )
    approve = Q(pk__in=[])
    for ground in grounds_of(person, Right.APPROVE_PROJECTS):
        approve |= Q(territory__path__startswith=ground.path)
    to_approve = Project.objects.filter(approve, state=Project.State.PROPOSED).select_related("lead").order_by("created_at")
    return Waiting(list(pledges[:limit]), list(to_approve[:limit]), list(late_milestones(permissions.manageable_by(person))[:limit]))


def late_milestones(projects: QuerySet[Project] | None = None) -> QuerySet[Milestone]:
    """Milestones of open projects whose day has passed."""
    rows = Milestone.objects.filter(done_date__isnull=True, due_date__lt=clock.today(), project__state=Project.State.RUNNING)
    if projects is not None:
        rows = rows.filter(project__in=projects)
    return rows.select_related("project__lead", "project__manager").order_by("due_date", "id")


def order_for_list(projects: QuerySet[Project]) -> QuerySet[Project]:
    """The next due milestone first, then the newest."""
    return projects.order_by(F("next_date").asc(nulls_last=True), "-created_at", "-id")


def answering(need_ids: Iterable[int]) -> dict[int, list[Project]]:
    """Need -> the projects that answer it, not the called-off ones, oldest first. Two queries however many needs."""
    links = (
        ProjectNeed.objects.filter(need__in=list(need_ids))
        .exclude(project__state=Project.State.CANCELLED)
        .order_by("project__created_at", "pk")
        .values_list("need", "project")
    )
    pairs = list(links)
    projects = Project.objects.select_related("lead").defer("search").in_bulk({project for _need, project in pairs})
    found: dict[int, list[Project]] = {}
    for need, project in pairs:
        found.setdefault(need, []).append(projects[project])
    return found


def like_words(words: Iterable[str], *, category: str = "", limit: int = 3) -> list[Project]:
    """Finished and running projects in whose name or goal one of the words stands, those of the category first: something to start from."""
    asked = Q(pk__in=[])
    for word in list(words)[:6]:
        asked |= Q(search=search.query(word))
    rows = Project.objects.filter(asked, state__in=(Project.State.DONE, Project.State.RUNNING)).select_related("lead").defer("search")
    same = Case(When(category=category, then=0), default=1, output_field=IntegerField())
    return list(rows.order_by(same, F("finished_at").desc(nulls_last=True), "-created_at", "-id")[:limit])
