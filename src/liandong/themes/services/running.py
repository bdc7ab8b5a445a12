"""Calculating the themes: asked for, worked on by a job with its progress, settled in one transaction in which what people decided wins."""

import datetime as dt
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.journal import services as journal
from liandong.needs.mining import Index, Mined, MinedTheme, Model
from liandong.needs.models import Need
from liandong.notices import services as notices
from liandong.themes import permissions
from liandong.themes.models import Hand, MiningRun, Theme, ThemeMember, ThemeStep
from liandong.themes.texts import Batch, held_needs, meaning_of_texts, take_batch

Actor = Person | System
MINER = System("themes")
SILENT_FOR = dt.timedelta(minutes=3)
RUNS_KEPT = 5
BEAT_SECONDS = 0.5
MINED_SHARE = 0.95  # of the bar; the rest is writing it down
RESAMPLES = 100
LEAST_MEMBERS = 2
LEAST_SHARED = 1 / 3  # of the smaller one, for a new group of needs to be the theme that was there


@transaction.atomic
def ask_for_run(*, by: Actor) -> MiningRun:
    """Calculate all themes again, as a job. While one is at work, that one is returned; one that has gone silent is given up."""
    require(permissions.can_run(by))
    run = _begin(by)
    if run.started_at is None and run.beat_at is None:
        from procrastinate.contrib.django import app

        MiningRun.objects.filter(pk=run.pk).update(beat_at=clock.now())
        app.configure_task("liandong.themes_run", queue="themes").defer(run_id=run.pk)
        journal.record("themes.asked", on=run, by=by)
    return run


def run_now(*, resamples: int = RESAMPLES, by: Actor) -> MiningRun:
    """The same without a job: for the command line, the demo town and tests."""
    require(permissions.can_run(by))
    return work_on_run(_begin(by), resamples=resamples)


def _begin(by: Actor) -> MiningRun:
    working = MiningRun.objects.select_for_update().filter(state=MiningRun.State.WORKING).first() if connection.in_atomic_block else None
    working = working or MiningRun.objects.filter(state=MiningRun.State.WORKING).first()
    if working is not None:
        if (working.beat_at or working.asked_at) > clock.now() - SILENT_FOR:
            return working
        _fail(working, "silent")
    try:
        with transaction.atomic():
            return MiningRun.objects.create(asked_by=by if isinstance(by, Person) else None, asked_at=clock.now())
    except IntegrityError:  # somebody else asked in the same moment
        return MiningRun.objects.get(state=MiningRun.State.WORKING)


def _fail(run: MiningRun, failure: str) -> None:
    MiningRun.objects.filter(pk=run.pk).update(state=MiningRun.State.FAILED, failure=failure[:80], finished_at=clock.now())


def work_on_run(run: MiningRun, *, resamples: int = RESAMPLES) -> MiningRun:
    """Called by the job. Reads, calculates outside of any transaction, then settles."""
    if run.state != MiningRun.State.WORKING:
        return run
    begun, told = time.perf_counter(), 0.0
    MiningRun.objects.filter(pk=run.pk).update(started_at=clock.now(), beat_at=clock.now())
    batch = take_batch()

    def tell(share: float) -> None:
        nonlocal told
        now = time.perf_counter()
        if now - told >= BEAT_SECONDS:
            told = now
            MiningRun.objects.filter(pk=run.pk).update(share=round(share * MINED_SHARE, 3), beat_at=clock.now())

    try:
        model = Model.of(batch.texts, places=batch.places, embed=meaning_of_texts(), progress=tell)
        mined = model.mined(batch.held, resamples=resamples, progress=tell)
        index = Index.of_model(model, mined, places=batch.places).to_bytes()
        return _settle(run, batch, mined, index, seconds=time.perf_counter() - begun)
    except Exception as error:
        if not connection.needs_rollback:
            _fail(run, type(error).__name__)
        raise


# Settling


@dataclass
class Group:
    """A mined theme on its way to becoming one of ours."""

    mined: MinedTheme
    degree: dict[int, float]
    theme: Theme | None = None
    is_new: bool = False
    own: set[int] = field(default_factory=set)


@transaction.atomic
def _settle(run: MiningRun, batch: Batch, mined: Mined, index: bytes, *, seconds: float) -> MiningRun:
    now = clock.now()
    themes = {theme.pk: theme for theme in Theme.objects.select_for_update().filter(state=Theme.State.ACTIVE).order_by("pk")}
    ThemeMember.objects.filter(need__state=Need.State.WITHDRAWN).delete()  # taken back by whoever asked
    members = {member.need_id: member for member in ThemeMember.objects.order_by("pk")}
    held = held_needs()  # as people decided by now, which may be later than the batch
    alone = {need for need, member in members.items() if member.theme_id is None}
    groups = _match([_group(each, batch, themes) for each in mined.themes], themes, members, held)
    for group in groups:
        group.own = {need for need in group.degree if need not in alone and held.get(need) in (None, group.theme.pk if group.theme else None)}
    standing = set(held.values())
    groups = [group for group in groups if len(group.own) >= LEAST_MEMBERS or (group.theme is not None and group.theme.pk in standing)]
    made = _make_new([group for group in groups if group.theme is None], run, now)

    placed = _placed(groups, held, members)
    steps = _lineage(groups, placed, members, now)
    steps += _end(themes, groups, placed, members, set(batch.needs), standing, now)
    _write_themes(groups, run)
    _write_members(placed, members, set(batch.needs) - alone, now)
    steps = ThemeStep.objects.bulk_create(steps)
    for verb, kind in (("theme.found", ThemeStep.Kind.FOUND), ("theme.ended", ThemeStep.Kind.ENDED)):
        journal.record_many(verb, on=[(step.theme, {"needs": step.need_count}) for step in steps if step.kind == kind], by=MINER)
    return _finish(run, batch, mined, index, groups, placed, made=len(made), ended=[s for s in steps if s.kind == "ended"], seconds=seconds, now=now)


def _group(mined: MinedTheme, batch: Batch, themes: dict[int, Theme]) -> Group:
    theme = None
    if mined.held is not None:
        pk: int | None = mined.held
        while pk is not None and pk not in themes:  # joined with another one meanwhile
            pk = Theme.objects.filter(pk=pk).values_list("merged_into", flat=True).first()
        theme = themes[pk] if pk is not None else None
    return Group(mined, {batch.needs[member.row]: round(min(max(member.degree, 0), 1), 4) for member in mined.members}, theme)


def _match(groups: list[Group], themes: dict[int, Theme], members: dict[int, ThemeMember], held: dict[int, int]) -> list[Group]:
    """Which group is which theme: those that people hold are known; the others by the needs they share, most first."""
    taken = set(held.values())
    seen: set[int] = set()
    for group in groups:  # two groups of one theme: people joined the two after the batch was taken
        if group.theme is not None and group.theme.pk in seen:
            first = next(each for each in groups if each.theme is group.theme)
            first.degree.update(group.degree)
            group.degree = {}
        elif group.theme is not None:
            seen.add(group.theme.pk)
    sizes = Counter(member.theme_id for member in members.values() if member.theme_id is not None)
    pairs = []
    for number, group in enumerate(groups):
        if group.theme is not None:
            continue
        shared = Counter(members[need].theme_id for need in group.degree if need in members and need not in held)
        for pk, count in shared.items():
            if pk in themes and pk not in taken and count >= LEAST_SHARED * min(len(group.degree), sizes[pk]):
                pairs.append((-count, pk, number))
    for _count, pk, number in sorted(pairs):
        if pk not in taken and groups[number].theme is None:
            groups[number].theme = themes[pk]
            taken.add(pk)
    return groups


def _make_new(groups: list[Group], run: MiningRun, now: dt.datetime) -> list[Theme]:
    made = Theme.objects.bulk_create([Theme(label=label_of(group.mined), first_seen_at=now, run=run) for group in groups])
    for group, theme in zip(groups, made, strict=True):
        group.theme, group.is_new = theme, True
    return made


def label_of(mined: MinedTheme) -> str:
    return (mined.label.strip() or "、".join(mined.phrases[:2]) or "…")[:80]


def _placed(groups: list[Group], held: dict[int, int], members: dict[int, ThemeMember]) -> dict[int, tuple[int, float]]:
    """Need -> (theme, degree): what people hold where they hold it, everything else where the calculation puts it."""
    placed = {need: (theme, members[need].degree) for need, theme in held.items()}
    for group in groups:
        assert group.theme is not None
        for need in group.own:
            placed[need] = (group.theme.pk, group.degree[need])
    return placed


def _lineage(groups: list[Group], placed: dict[int, tuple[int, float]], members: dict[int, ThemeMember], now: dt.datetime) -> list[ThemeStep]:
    steps = []
    for group in groups:
        if not group.is_new:
            continue
        came_from = Counter(members[need].theme_id for need in group.own if need in members)
        source, count = next(iter(came_from.most_common(1)), (None, 0))
        source = source if count * 2 > len(group.own) else None
        steps.append(ThemeStep(theme=group.theme, kind=ThemeStep.Kind.FOUND, other_id=source, at=now, need_count=len(group.own)))
    return steps


def _end(
    themes: dict[int, Theme],
    groups: list[Group],
    placed: dict[int, tuple[int, float]],
    members: dict[int, ThemeMember],
    mined: set[int],
    standing: set[int],
    now: dt.datetime,
) -> list[ThemeStep]:
    """Themes whose needs all went elsewhere. Those that only hold older needs rest as they are."""
    living = {group.theme.pk for group in groups if group.theme is not None} | standing
    by_theme: dict[int, list[int]] = defaultdict(list)
    for need, member in members.items():
        if member.theme_id is not None:
            by_theme[member.theme_id].append(need)
    steps, ended = [], []
    for pk, theme in themes.items():
        if pk in living or any(need not in mined for need in by_theme[pk]):
            continue
        went_to = Counter(placed[need][0] for need in by_theme[pk] if need in placed)
        heir, count = next(iter(went_to.most_common(1)), (None, 0))
        theme.state, theme.merged_into_id = Theme.State.ENDED, heir
        ended.append(theme)
        steps.append(ThemeStep(theme=theme, kind=ThemeStep.Kind.ENDED, other_id=heir, at=now, need_count=len(by_theme[pk])))
        if heir is not None:
            steps.append(ThemeStep(theme_id=heir, kind=ThemeStep.Kind.CARRIED, other=theme, at=now, need_count=count))
    Theme.objects.bulk_update(ended, ["state", "merged_into"], batch_size=500)
    return steps


def _write_themes(groups: list[Group], run: MiningRun) -> None:
    changed = []
    for group in groups:
        theme = group.theme
        assert theme is not None
        if theme.label_by == Hand.MACHINE:
            theme.label = label_of(group.mined)
        theme.phrases = [str(phrase)[:20] for phrase in group.mined.phrases[:6]]
        theme.stability = round(min(max(group.mined.stability, 0), 1), 3)
        theme.run = run
        changed.append(theme)
    Theme.objects.bulk_update(changed, ["label", "phrases", "stability", "run"], batch_size=500)


def _write_members(placed: dict[int, tuple[int, float]], members: dict[int, ThemeMember], mined: set[int], now: dt.datetime) -> None:
    """Only rows that change are written; needs that the calculation leaves loose lose their row."""
    rows = []
    for need, (theme, degree) in placed.items():
        old = members.get(need)
        if old is not None and old.theme_id == theme and abs(old.degree - degree) < 0.0001:
            continue
        stays = old is not None and old.theme_id == theme
        hand = old.placed_by if old is not None and stays else Hand.MACHINE
        rows.append(
            ThemeMember(need_id=need, theme_id=theme, degree=degree, placed_by=hand, placed_at=old.placed_at if old is not None and stays else now)
        )
    gone = [need for need in members if need in mined and need not in placed]
    ThemeMember.objects.filter(need__in=gone).delete()
    ThemeMember.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["need"], update_fields=["theme", "degree", "placed_by", "placed_at"]
    )


def _finish(
    run: MiningRun,
    batch: Batch,
    mined: Mined,
    index: bytes,
    groups: list[Group],
    placed: dict[int, tuple[int, float]],
    *,
    made: int,
    ended: list[ThemeStep],
    seconds: float,
    now: dt.datetime,
) -> MiningRun:
    theme_of = {id(group.mined): group.theme.pk for group in groups if group.theme is not None}
    values = {
        "state": MiningRun.State.DONE,
        "share": 1,
        "seconds": round(seconds, 2),
        "finished_at": now,
        "need_count": len(batch.needs),
        "theme_count": Theme.objects.filter(state=Theme.State.ACTIVE).count(),
        "loose_count": sum(1 for need in batch.needs if need not in placed),
        "found_count": made,
        "ended_count": len(ended),
        "index": index,
        "index_themes": [theme_of.get(id(each)) for each in mined.themes],
    }
    MiningRun.objects.filter(pk=run.pk).update(**values)
    run.refresh_from_db(fields=[name for name in values if name != "index"])
    old = list(MiningRun.objects.exclude(state=MiningRun.State.WORKING).order_by("-pk").values_list("pk", flat=True)[RUNS_KEPT:])
    MiningRun.objects.filter(pk__in=old).delete()
    MiningRun.objects.filter(pk__lt=run.pk, index__isnull=False).update(index=None)
    counts = {name: values[name] for name in ("need_count", "theme_count", "loose_count", "found_count", "ended_count", "seconds")}
    journal.record("themes.calculated", on=run, after=counts, by=run.asked_by or MINER)
    if run.asked_by is not None:
        told = {"themes": run.theme_count, "needs": run.need_count}
        notices.notify(run.asked_by, kind="themes.calculated", values=told, url="/themes/", once_key=f"themes.calculated:{run.pk}")
    return run


def failure_words(run: MiningRun) -> str:
    return _("It stopped on the way (%(what)s). The themes are as they were.") % {"what": run.failure}
