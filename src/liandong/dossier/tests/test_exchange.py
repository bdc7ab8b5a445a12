"""Dossiers that travel: what goes out comes in; what is wrong is said by file, line and field; twice is once."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from liandong.accounts import identity
from liandong.accounts.models import Person
from liandong.core.errors import Denied, Refused
from liandong.dossier import services
from liandong.dossier.exchange import checking
from liandong.dossier.exchange.fields import FILES, FORMAT, VERSION, json_schema, tables
from liandong.dossier.models import ExchangeRun, OutsideRecord, TrainingEntry
from liandong.dossier.services import exchange
from liandong.dossier.tests.factories import TRAINING
from liandong.journal.models import Entry
from liandong.recognition.models import ServiceRecord

DOCS = Path(__file__).parents[4] / "docs" / "exchange.md"
SCHEMA = DOCS.with_name("exchange.schema.json")
WHO = {"number": "V1", "name": "赵一", "sex": "M", "phone": "13900000001", "birth_date": "1985-03-02", "skills": ["急救"]}
SERVICE = {
    "volunteer": "V1", "number": "S1", "activity_name": "公园清扫", "service_date": "2026-05-10", "place": "东园", "content": "清扫",
    "starts_at": "2026-05-10T09:00:00+08:00", "ends_at": "2026-05-10T11:00:00+08:00", "minutes": 120, "organizer_name": "东园街道",
}  # fmt: skip
LEARNED = {
    "volunteer": "V1", "number": "T1", "name": "急救", "content": "包扎", "minutes": 90, "organizer_name": "红十字会",
    "from_date": "2026-04-01", "to_date": "2026-04-01",
}  # fmt: skip


def packed(*, manifest=None, **lines) -> bytes:
    """A file with these lines (dicts, or bytes as they are); keys are the names of files without ending."""
    made = {}
    for name in FILES:
        rows = lines.get(name.removesuffix(".jsonl"))
        if rows is not None:
            made[name] = b"".join(row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    files = [{"name": name, "rows": len(raw.splitlines()), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in made.items()]
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "source": "东园志愿网",
        "made_at": "2026-06-01T08:00:00+08:00",
        "purpose": "迁移",
        "is_masked": False,
    }
    whole |= {"people": len(lines.get("volunteers", [])), "files": files} | (manifest or {})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("manifest.json", json.dumps(whole, ensure_ascii=False))
        for name, raw in made.items():
            archive.writestr(name, raw)
    return target.getvalue()


def said(content: bytes):
    return [(one.file.removesuffix(".jsonl"), one.line, one.field, one.code) for one in checking.check(io.BytesIO(content)).problems]


def test_a_sound_file_has_no_problems(clock):
    assert said(packed(volunteers=[WHO], service=[SERVICE], training=[LEARNED])) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ({"volunteers": [{**WHO, "name": ""}]}, [("volunteers", 1, "name", "missing")]),
        ({"volunteers": [{**WHO, "id_number": "110105194912310021"}]}, [("volunteers", 1, "id_number", "id_wrong")]),
        ({"volunteers": [{**WHO, "id_number": "11010519491231002X"}]}, [("volunteers", 1, "birth_date", "birth_differs")]),
        ({"volunteers": [{**WHO, "phone": "123"}]}, [("volunteers", 1, "phone", "phone_wrong")]),
        ({"volunteers": [{**WHO, "age": 3}]}, [("volunteers", 1, "age", "unknown_field")]),
        ({"volunteers": [WHO, WHO]}, [("volunteers", 2, "number", "number_twice")]),
        ({"volunteers": [b"[1]\n"]}, [("volunteers", 1, "", "not_json")]),
        ({"volunteers": [b"{\n"]}, [("volunteers", 1, "", "not_json")]),
        ({"volunteers": [b"\xff\xfe\n"]}, [("volunteers", 1, "", "not_utf8")]),
        ({"volunteers": [b'"' + b"x" * 70_000 + b'"\n']}, [("volunteers", 1, "", "long_line")]),
        ({"service": [{**SERVICE, "volunteer": "V2"}]}, [("service", 1, "volunteer", "unknown_volunteer")]),
        ({"service": [{**SERVICE, "minutes": 0}]}, [("service", 1, "minutes", "minutes_range")]),
        ({"service": [{**SERVICE, "minutes": "120"}]}, [("service", 1, "minutes", "wrong_kind")]),
        ({"service": [{**SERVICE, "minutes": 180}]}, [("service", 1, "minutes", "more_than_span")]),
        ({"service": [{**SERVICE, "ends_at": "2026-05-10T08:00:00+08:00"}]}, [("service", 1, "ends_at", "ends_before")]),
        ({"service": [{**SERVICE, "starts_at": "2026-05-10 09:00"}]}, [("service", 1, "starts_at", "not_a_moment")]),
        ({"service": [{**SERVICE, "service_date": "2026-05-11"}]}, [("service", 1, "service_date", "other_day")]),
        ({"service": [{**SERVICE, "service_date": "2026-02-30"}]}, [("service", 1, "service_date", "not_a_date")]),
        ({"service": [{**SERVICE, "category": "art"}]}, [("service", 1, "category", "not_a_code")]),
        ({"service": [SERVICE, {**SERVICE, "number": "S2", "minutes": 60}]}, [("service", 2, "starts_at", "overlap")]),
        ({"training": [{**LEARNED, "minutes": 1500}]}, [("training", 1, "minutes", "more_than_span")]),
        ({"training": [{**LEARNED, "to_date": "2027-01-01"}]}, [("training", 1, "to_date", "future")]),
    ],
)
def test_what_is_wrong_is_said_by_file_line_and_field(clock, lines, found):
    assert said(packed(**({"volunteers": [WHO]} | lines))) == found


def test_a_changed_file_a_foreign_one_and_no_zip_are_told_apart(clock):
    sound = packed(volunteers=[WHO])
    assert said(b"no zip") == [("", 0, "", "not_zip")]
    assert said(sound[:-9]) == [("", 0, "", "not_zip")]
    assert said(packed(manifest={"version": "9"}, volunteers=[WHO])) == [("manifest.json", 0, "format", "other_format")]
    wrong = {"files": [{"name": "volunteers.jsonl", "rows": 2, "sha256": "0" * 64}]}
    assert [code for *_where, code in said(packed(manifest=wrong, volunteers=[WHO]))] == ["wrong_digest", "wrong_rows"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    assert [code for *_where, code in said(target.getvalue())] == ["odd_name"]


def test_the_checker_speaks_the_readers_language(clock):
    [problem] = checking.check(io.BytesIO(packed(volunteers=[{**WHO, "phone": "1"}]))).problems
    with translation.override("zh-hans"):
        assert (problem.place, str(problem)) == ("volunteers.jsonl 第 1 行", "不是 11 位手机号码。")


def test_schema_and_tables_are_those_of_the_fields():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()
    assert tables() in DOCS.read_text(encoding="utf-8")


# With a database


def brought(town, content, **changed):
    return exchange.bring(town.other, content=content, file_name="a.zip", by=town.other_manager, **({"consent": True} | changed))


@pytest.mark.django_db
def test_a_dry_run_says_what_happens_and_twice_is_once(town, run_jobs):
    content = packed(volunteers=[WHO], service=[SERVICE, {**SERVICE, "number": "S2", "minutes": 0}], training=[LEARNED])
    run = brought(town, content)
    run_jobs()
    run.refresh_from_db()
    expected = {"people_new": 1, "service_new": 1, "training_new": 1, "refused": 1, "is_broken": False, "problems": 1}
    assert (run.state, run.counts, Person.objects.filter(name="赵一").count()) == ("checked", expected, 0)
    exchange.take_in(run, by=town.other_manager)
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.counts) == ("done", expected)
    person, row = Person.objects.get(name="赵一"), OutsideRecord.objects.get()
    assert (row.person, row.source, row.source_number, row.minutes) == (person, "东园志愿网", "S1", 120)
    assert (TrainingEntry.objects.get().source, ServiceRecord.objects.count()) == ("东园志愿网", 0)
    again = brought(town, content)
    run_jobs()
    again.refresh_from_db()
    assert again.counts == {"people_known": 1, "lines_known": 2, "refused": 1, "is_broken": False, "problems": 1}


@pytest.mark.django_db
def test_what_contradicts_our_own_records_is_refused(town, record, run_jobs):
    at = record.starts_at.astimezone(record.starts_at.tzinfo).isoformat()
    same = {**SERVICE, "service_date": str(record.service_date), "starts_at": at, "ends_at": record.ends_at.isoformat(), "minutes": 60}
    who = {"number": "V1", "name": town.volunteer.name, "phone": town.volunteer.phone}
    run = brought(town, packed(volunteers=[who], service=[same]))
    run_jobs()
    assert [(row.line, row.code) for row in run.problems.all()] == [(1, "overlap_here")]


@pytest.mark.django_db
def test_masked_files_rights_and_consent(town, run_jobs):
    run = brought(town, packed(manifest={"is_masked": True}, volunteers=[WHO]))
    run_jobs()
    run.refresh_from_db()
    with pytest.raises(Refused):
        exchange.take_in(run, by=town.other_manager)
    with pytest.raises(Refused):
        brought(town, packed(volunteers=[WHO]), consent=False)
    with pytest.raises(Denied):
        exchange.bring(town.other, content=b"x", file_name="a", consent=True, by=town.manager)
    with pytest.raises(Denied):
        exchange.ask_export(town.other, purpose="年度核对", by=town.manager)
    with pytest.raises(Refused):
        exchange.ask_export(town.body, purpose="", by=town.manager)


def unpacked(run: ExchangeRun) -> dict[str, list[dict]]:
    with zipfile.ZipFile(run.file.path) as archive:
        return {name: [json.loads(line) for line in archive.read(name).splitlines()] for name in FILES}


@pytest.mark.django_db
def test_an_export_is_masked_logged_and_sound(town, record, run_jobs, client):
    identity.give_id_number(
        town.volunteer,
        kind="resident",
        number="34052419800101001X",
        rule="record",
        consent=True,
        by=town.volunteer,
    )
    services.write_training([town.volunteer], organization=town.body, by=town.manager, **TRAINING)
    run = exchange.ask_export(town.body, purpose="年度核对", by=town.manager)
    run_jobs()
    run.refresh_from_db()
    lines = unpacked(run)
    [row] = [row for row in lines["volunteers.jsonl"] if row["number"] == town.volunteer.number]
    assert (row["name"], row["phone"], row["id_number"], "birth_date" in row) == ("李*雯", "138****0001", "3405**********001X", False)
    assert (len(lines["service.jsonl"]), len(lines["training.jsonl"])) == (1, 1)
    assert checking.check(Path(run.file.path)).problems == []
    client.force_login(town.accounts[town.manager.pk])
    answer = client.post(reverse("dossier:download", args=[run.pk]))
    assert (answer.status_code, b"".join(answer.streaming_content)[:2]) == (200, b"PK")
    assert Entry.objects.filter(verb="dossier_export.downloaded").get().reason == "年度核对"
    client.force_login(town.accounts[town.other_manager.pk])
    assert client.post(reverse("dossier:download", args=[run.pk])).status_code == 404


@pytest.mark.django_db
def test_our_own_file_comes_back_without_a_second_effect(town, record, tmp_path, capsys):
    path = tmp_path / "out.zip"
    call_command("dossier", "export", str(path), organization=town.body.name, purpose="备份核对", full=True)
    call_command("dossier", "import", str(path), organization=town.body.name)
    assert "people_known 1, lines_known 1, refused 0" in capsys.readouterr().out
    assert (OutsideRecord.objects.count(), ServiceRecord.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_an_erased_person_is_not_taken_in_again(town, record, tmp_path, capsys):
    path = tmp_path / "out.zip"
    call_command("dossier", "export", str(path), organization=town.body.name, purpose="备份核对", full=True)
    services.erase_person(town.volunteer, by=town.volunteer)
    call_command("dossier", "import", str(path), organization=town.body.name, language="en")
    assert "had their data erased here" in capsys.readouterr().out
    assert not Person.objects.filter(name="李晓雯").exists()


@pytest.mark.django_db
def test_the_pages_make_check_and_take_in(town, record, client, run_jobs):
    client.force_login(town.accounts[town.manager.pk])
    page = reverse("dossier:exchange")
    assert client.post(page, {"out": "1", "out-organization": town.body.pk}).status_code == 422
    answer = client.post(page, {"out": "1", "out-organization": town.body.pk, "out-purpose": "年度核对"})
    assert client.get(answer["Location"]).status_code == 200
    file = io.BytesIO(packed(volunteers=[WHO], service=[{**SERVICE, "minutes": 0}]))
    file.name = "a.zip"
    answer = client.post(page, {"in": "1", "in-organization": town.body.pk, "in-consent": "on", "in-file": file})
    run_jobs()
    shown = client.get(answer["Location"]).content.decode()
    assert "service.jsonl 第 1 行" in shown
    run = ExchangeRun.objects.get(direction="in")
    assert client.post(reverse("dossier:take_in", args=[run.pk])).status_code == 303
    run_jobs()
    assert Person.objects.filter(name="赵一").exists()
    assert client.get(page).status_code == 200
    assert client.get(reverse("dossier:schema")).json() == json_schema()
