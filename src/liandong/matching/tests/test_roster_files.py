import json

import pytest

from liandong.config.cli import main
from liandong.matching.files.rosters import read_roster
from liandong.matching.solver.roster_types import Limit, Place, Slot, Span

QUESTION = {
    "zone": "Asia/Shanghai",
    "people": [
        {
            "key": "Liu",
            "qualifications": ["power"],
            "windows": [["2026-12-05T08:00", "2026-12-05T20:00"]],
            "weekly_minutes": 300,
            "place": {"lat": 39.9, "lon": 116.4},
        },
        {"key": "Sun", "wishes": ["sat", ["sat", "tea"]], "place": {"lat": 39.91, "lon": 116.4}},
    ],
    "shifts": [
        {
            "key": "sat",
            "start": "2026-12-05T09:00:00+08:00",
            "end": "2026-12-05T03:30:00Z",
            "place": {"lat": 39.9, "lon": 116.41},
            "positions": [{"key": "safe", "qualifications": ["power"]}, {"key": "tea", "minimum": 2}],
        }
    ],
    "locks": [["Liu", "sat", "safe"]],
}


def written(tmp_path, data):
    path = tmp_path / "question.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def changed(path, value):
    """The question with one value replaced."""
    data = json.loads(json.dumps(QUESTION))
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return data


def test_a_file_is_answered_with_lines_reasons_and_bounds(tmp_path, capsys):
    out = tmp_path / "answer.json"
    assert main(["solve", "roster", str(written(tmp_path, QUESTION)), "--out", str(out)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads(out.read_text(encoding="utf-8"))
    assert [(line["person"], line["position"], line["reasons"][0]["code"]) for line in found["lines"]] == [
        ("Liu", "safe", "locked"),
        ("Sun", "tea", "scarce"),
    ]
    assert (found["required"], found["covered"], found["proven"]) == (3, 2, True)
    assert found["unmet"][0] | {"funnel": None} == {
        "shift": "sat",
        "position": "tea",
        "missing": 1,
        "minimum": 2,
        "cause": {"code": "busy", "needed": 2, "left": 1},
        "funnel": None,
        "blocked": [{"person": "Liu", "code": "busy", "shift": "sat", "position": "safe", "rest": 0}],
    }
    assert found["helps"][0] == {"skills": [], "qualifications": [], "heads": 1, "shifts": ["sat"], "exact": True}


def test_times_of_several_zones_are_one_clock(tmp_path):
    problem, previous = read_roster(written(tmp_path, QUESTION))
    (shift,) = problem.shifts
    assert shift.minutes == 150
    assert problem.people[0].windows == (Span(shift.start - 60, shift.start + 660),)
    assert problem.people[0].place == Place(116.4, 39.9, earth=True)
    monday = shift.start - 9 * 60 - 5 * 1440
    assert problem.people[0].limits == (Limit(monday, monday + 7 * 1440, 300, "week"),)
    assert (problem.locks, previous) == ((Slot("Liu", "sat", "safe"),), None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (json.dumps(QUESTION)[:200], "line 1, column"),
        ("", "line 1, column 1: the file ends in the middle"),
        ("[]", "the file: a table {…} is wanted here"),
        ({"people": []}, "the file: shifts is missing"),
        (changed(["people", 0, "skils"], []), "people[0]: “skils” is not known here"),
        (changed(["people", 0, "windows", 0, 1], 900), "people[0].windows[0][1]: all times are minutes, or all are dates"),
        (changed(["people", 0, "windows", 0], ["2026-12-05T08:00"]), "people[0].windows[0]: a window is [start, end]"),
        (changed(["zone"], "Mars/Base"), "zone: “Mars/Base” is no time zone"),
        (changed(["zone"], ""), "people[0].windows[0][0]: “2026-12-05T08:00” has no zone"),
        (changed(["shifts", 0, "start"], "tomorrow"), "shifts[0].start: “tomorrow” is not a time"),
        (changed(["shifts", 0, "positions", 1, "minimum"], 1.5), "shifts[0].positions[1].minimum: 1.5 is not a whole number"),
        (changed(["people", 1, "place"], {"x": 1}), "people[1].place: a place has x and y, or lat and lon"),
        (changed(["people", 1, "place"], {"x": 1, "y": 1}), "some places are x and y, others lat and lon"),
        (changed(["people"], []), "there are no people"),
        (changed(["locks"], [["Sun", "sat", "safe"]]), "Sun is locked to shift sat, position safe, and lacks its skills or qualifications"),
        (changed(["shifts", 0, "positions", 1, "maximum"], 1), "shift sat, position tea: the minimum 2 is above the maximum 1"),
        (changed(["people", 0, "weekly_minutes"], -1), "a number is below 0: person Liu, limit week"),
    ],
)
def test_trouble_is_one_line_that_names_the_place(tmp_path, capsys, data, said):
    assert main(["solve", "roster", str(written(tmp_path, data))]) == 1
    trouble = capsys.readouterr().err
    assert said in trouble
    assert (trouble.count("\n"), "Traceback" in trouble) == (1, False)
