"""How good rosters are, how sure, how fast, and beside what.

Makes towns of volunteers and shifts by a seed (places on a plane, reach 2 to 5 km, one to three free stretches in a week, skills, a limit a week, rest, past load, wishes, a first-aider
for three shifts in ten), and answers each four ways in the same run:

- first come: people in random order take the nearest open place they may take, as on a sign-up sheet;
- best match first: all pairs sorted by how well they fit, taken one after the other;
- plain HiGHS: the whole model at once, in the same time;
- ours.

All four are measured by the checker (`solver/check.py`), never by themselves, in one currency: the weighed sum of missing heads, load, wishes and way. Prints answer, bound, gap, seconds
(the clock's, and the processor's: on a shared machine only those compare) and peak memory (each answer in a process of its own), and what one refusal afterwards costs. Exit status 1 when a goal is missed.

    bench/matching.py [--large] [--only 1000x100] [--ways "ours,plain HiGHS"] [--seconds N]
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

# people, shifts, seconds, largest gap, most MB
SIZES = [(1_000, 100, 30, 0.0, 1_000), (10_000, 1_000, 90, 0.001, 2_000), (31_000, 3_000, 180, 0.001, 3_500)]
LARGE = (100_000, 10_000, 600, 0.01, 4_000)
SEED = 2026
SKILLS = ["reception", "repair", "tea", "safety", "sign language", "photos"]


def town(people_count: int, shifts_count: int, seed: int = SEED):
    """About nine places for ten people and twelve pairs for each."""
    from liandong.matching.solver.roster_types import Limit, Mix, Person, Place, Position, Problem, Shift, Span

    rng = random.Random(f"{seed}-{people_count}")
    side, day = 3 * (shifts_count / 10) ** 0.5, 1440
    shifts = []
    for number in range(shifts_count):
        start = rng.randrange(7) * day + rng.choice([540, 810, 960, 1110])
        positions = []
        for name in rng.sample(SKILLS, rng.choice([2, 3, 4])):
            skills = frozenset([name]) if rng.random() < 0.7 else frozenset()
            positions.append(Position(name, rng.choice([2, 3, 3, 4]), None, rng.choice([1, 2, 2]), skills=skills))
        mix = (Mix("first aid"),) if rng.random() < 0.3 else ()
        place = Place(rng.random() * side, rng.random() * side)
        shifts.append(Shift(f"s{number}", start, start + rng.choice([120, 150, 150, 180]), tuple(positions), place, mix=mix))
    near: dict[tuple[int, int], list] = {}
    for shift in shifts:
        near.setdefault((int(shift.place.x // 3), int(shift.place.y // 3)), []).append(shift.key)
    people = []
    for number in range(people_count):
        free = tuple(
            Span(at * day + opens, at * day + closes)
            for at in rng.sample(range(7), rng.choice([1, 2, 3]))
            for opens, closes in [rng.choice([(480, 780), (720, 1320), (480, 1320)])]
        )
        place = Place(rng.random() * side, rng.random() * side)
        close = near.get((int(place.x // 3), int(place.y // 3)), [])
        people.append(
            Person(
                f"p{number}",
                frozenset(rng.sample(SKILLS, rng.choice([1, 2, 2, 3]))),
                frozenset(["first aid"]) if rng.random() < 0.15 else frozenset(),
                free,
                place,
                rng.choice([2, 3, 5]),
                frozenset(rng.sample(close, min(len(close), rng.choice([0, 1, 3])))),
                limits=(Limit(0, 7 * day, rng.choice([300, 450, 600]), "week"),),
                rest_minutes=rng.choice([0, 60]),
                past_minutes=rng.choice([0, 0, 150, 300, 600]),
            )
        )
    return Problem(tuple(people), tuple(shifts))


def currency(problem) -> dict[str, float]:
    """The weights of large rosters, for all."""
    from liandong.matching.solver.check import priorities
    from liandong.matching.solver.roster_large import BLEND, HEAD, URGENT

    levels = priorities(problem)
    return {f"cover:{level}": HEAD * URGENT ** (len(levels) - 1 - place) for place, level in enumerate(levels)} | BLEND


def measured(problem, slots) -> dict[str, float]:
    from liandong.matching.solver import check

    slots = list(slots)
    values = check.measure(problem, slots)
    weigh = currency(problem)
    return {
        "faults": len(check.faults(problem, slots)),
        "missing": sum(value for name, value in values.items() if name.startswith("cover")),
        "value": sum(weigh[name] * value for name, value in values.items()),
        "rest": sum(weigh[name] * value for name, value in values.items() if not name.startswith("cover")),
    }


# The anchors


def first_come(problem, seconds: float):
    from liandong.matching.solver.candidates import eligible_pairs, ground_of
    from liandong.matching.solver.draft import Draft
    from liandong.matching.solver.roster import within_limits

    ground = ground_of(problem)
    pairs = within_limits(ground, eligible_pairs(ground))
    draft = Draft(ground, pairs)
    own: dict[int, list[int]] = {}
    for pair, person in enumerate(pairs.person.tolist()):
        own.setdefault(person, []).append(pair)
    order = list(own)
    random.Random(SEED).shuffle(order)
    short = ground.minimum.tolist()
    for person in order:
        for pair in sorted(own[person], key=lambda pair: (not pairs.wish[pair], pairs.km[pair])):
            if short[pairs.position[pair]] > 0 and draft.fits(pair):
                draft.add(pair)
                short[pairs.position[pair]] -= 1
    return [ground.slot(pairs.person[pair], pairs.position[pair]) for pair in draft.chosen.nonzero()[0]], {}


def best_match_first(problem, seconds: float):
    from liandong.matching.solver.candidates import eligible_pairs, ground_of
    from liandong.matching.solver.draft import Draft
    from liandong.matching.solver.roster import within_limits
    from liandong.matching.solver.roster_large import BLEND

    ground = ground_of(problem)
    pairs = within_limits(ground, eligible_pairs(ground))
    draft = Draft(ground, pairs)
    score = BLEND["load"] * (1 + ground.past[pairs.person]) - BLEND["wishes"] * pairs.wish + BLEND["travel"] * 10 * pairs.km
    short = ground.minimum.tolist()
    for level in sorted(set(ground.priority.tolist())):
        for pair in score.argsort(kind="stable").tolist():
            if ground.priority[pairs.position[pair]] == level and short[pairs.position[pair]] > 0 and draft.fits(pair):
                draft.add(pair)
                short[pairs.position[pair]] -= 1
    return [ground.slot(pairs.person[pair], pairs.position[pair]) for pair in draft.chosen.nonzero()[0]], {}


def plain_highs(problem, seconds: float):
    from liandong.matching.solver import roster_large
    from liandong.matching.solver.candidates import eligible_pairs, ground_of
    from liandong.matching.solver.programme import Programme
    from liandong.matching.solver.roster import within_limits
    from liandong.matching.solver.roster_model import build

    until = time.monotonic() + seconds
    ground = ground_of(problem)
    pairs = within_limits(ground, eligible_pairs(ground))
    model = build(ground, pairs)
    weigh = roster_large.weights(model)
    cost = sum(weigh[aim.name] * aim.cost for aim in model.aims)
    programme = Programme(model.matrix, model.lower, model.upper, model.low, model.high, model.integer)
    found = programme.search(cost, start=None, until=until, unit=1e-6, relative=1e-4)
    chosen = [] if found.x is None else (found.x[: len(pairs)] > 0.5).nonzero()[0]
    return [ground.slot(pairs.person[pair], pairs.position[pair]) for pair in chosen], {"bound": found.bound}


def ours(problem, seconds: float):
    from liandong.matching.solver.roster import solve

    began, used = time.monotonic(), time.process_time()
    roster = solve(problem, seconds=seconds)
    slots = [line.slot for line in roster.lines]
    taken, cpu = time.monotonic() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    gone = slots[len(slots) // 2]
    people = tuple(replace(person, refusals=person.refusals | {gone.shift}) if person.key == gone.person else person for person in problem.people)
    began = time.monotonic()
    again = solve(replace(problem, people=people), seconds=seconds, previous=slots)
    others = len([key for key in again.people_changed if key != gone.person])
    more = {
        "bound": roster.bound,
        "gap": roster.gap,
        "proven": roster.proven,
        "pairs": roster.pairs,
        "taken": taken,
        "cpu": cpu,
        "peak": peak,
        "required": roster.required,
    }
    return slots, more | {"again": time.monotonic() - began, "others": others, "again_missing": again.required - again.covered}


WAYS = {"first come": first_come, "best match first": best_match_first, "plain HiGHS": plain_highs, "ours": ours}


def one(people: int, shifts: int, way: str, seconds: float) -> dict:
    problem = town(people, shifts)
    began, used = time.monotonic(), time.process_time()
    slots, more = WAYS[way](problem, seconds)
    taken = more.pop("taken", time.monotonic() - began)
    peak = more.pop("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    cpu = more.pop("cpu", time.process_time() - used)
    return {"seconds": taken, "cpu": cpu, "mb": peak} | more | measured(problem, slots)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--large", action="store_true", help="100,000 x 10,000 too")
    options.add_argument("--only", help="one size, e.g. 1000x100")
    options.add_argument("--ways", default="", help="some of: " + ", ".join(WAYS))
    options.add_argument("--seconds", type=float, help="instead of the size's own time")
    options.add_argument("--one", nargs=4, metavar=("PEOPLE", "SHIFTS", "WAY", "SECONDS"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        people, shifts, way, seconds = chosen.one
        print(json.dumps(one(int(people), int(shifts), way, float(seconds))))
        return 0
    missed = 0
    for people, shifts, seconds, largest, most in [*SIZES, *([LARGE] if chosen.large else [])]:
        if chosen.only and chosen.only != f"{people}x{shifts}":
            continue
        seconds = chosen.seconds or seconds
        print(f"{people:,} people x {shifts:,} shifts", flush=True)
        print(f"  {'way':17} {'missing heads':>14} {'weighed sum':>14} {'x ours':>7} {'bound':>14} {'gap':>8} {'seconds':>8} {'CPU':>7} {'MB':>6}")
        rows = {}
        for way in reversed(WAYS):
            if chosen.ways and way not in chosen.ways.split(","):
                continue
            ran = subprocess.run(
                [sys.executable, __file__, "--one", str(people), str(shifts), way, str(seconds)], capture_output=True, text=True, check=False
            )
            if ran.returncode:
                print(f"  {way:17} no answer: {(ran.stderr.strip().splitlines() or ['?'])[-1][:120]}")
                missed += way == "ours"
                continue
            row = rows[way] = json.loads(ran.stdout)
            bound, gap = row.get("bound"), row.get("gap")
            if way == "plain HiGHS" and bound is not None and row["value"]:
                gap = (row["value"] - bound) / abs(row["value"])
            times = row["value"] / rows["ours"]["value"] if "ours" in rows else float("nan")
            shown = "" if bound is None else f"{bound:,.0f}"
            share = "" if gap is None else f"{gap:.3%}"
            print(
                f"  {way:17} {row['missing']:14,.0f} {row['value']:14,.0f} {times:7.2f} {shown:>14} {share:>8} {row['seconds']:8.1f} {row['cpu']:7.1f} {row['mb']:6,}"
                + (f"   {row['faults']} rules broken" if row["faults"] else ""),
                flush=True,
            )
            if row["faults"]:
                missed += way == "ours"
        if "ours" in rows:
            row = rows["ours"]
            print(
                f"  {row['pairs']:,} pairs, {row['required']:,} heads; proven: {'yes' if row['proven'] else 'no'}. After one refusal: {row['again']:.1f} s, "
                f"{row['others']} others changed, {row['again_missing']} heads missing."
            )
            good = row["gap"] <= largest and row["mb"] <= most and row["seconds"] <= seconds
            if not good:
                print(f"  GOAL MISSED: gap <= {largest:.2%}, {seconds} s, {most:,} MB")
                missed += 1
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
