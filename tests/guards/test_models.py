"""Keys point down, every field is personal or plain, every model is in the glossary, append-only stays append-only."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from liandong.config import privacy

ROOT = Path(__file__).resolve().parents[2]
MODELS = [model for config in apps.get_app_configs() if config.name.startswith("liandong.") for model in config.get_models()]
LOW_TO_HIGH = [
    {"core"},
    {"ui"},
    {"journal"},
    {"accounts"},
    {"notices"},
    {"organizations"},
    {"venues", "imports"},
    {"bookings", "appointments", "stations"},
    {"volunteers"},
    {"needs"},
    {"surveys", "visits", "themes"},
    {"projects"},
    {"activities"},
    {"overlap", "matching"},
    {"points"},
    {"recognition"},
    {"honours", "rewards"},
    {"evaluation"},
    {"dossier"},
    {"insight"},
    {"portal"},
    {"demo"},
    {"config"},
]
ROW = {app: row for row, names in enumerate(LOW_TO_HIGH) for app in names}


def label(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.{model.__name__}"


def declared_fields(model: type[models.Model]) -> list[str]:
    return [field.name for field in (*model._meta.fields, *model._meta.many_to_many)]


def keys_to_other_apps() -> list[tuple[str, models.Field]]:
    return [
        (f"{label(model)}.{field.name}", field)
        for model in MODELS
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation and field.related_model._meta.app_label != model._meta.app_label
    ]


def test_the_staircase_here_is_the_one_of_the_contract():
    import tomllib

    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    assert [set(re.split(r"\s*\|\s*", layer)) for layer in reversed(contract["layers"])] == LOW_TO_HIGH
    assert {config.name.removeprefix("liandong.") for config in apps.get_app_configs() if config.name.startswith("liandong.")} == set(ROW)


def test_keys_to_other_apps_point_down_the_staircase():
    up = [name for name, field in keys_to_other_apps() if ROW.get(field.related_model._meta.app_label, -1) >= ROW[field.model._meta.app_label]]
    assert up == []


def test_keys_to_other_apps_leave_no_way_back_up():
    assert [name for name, field in keys_to_other_apps() if not field.remote_field.hidden] == []


def test_keys_to_other_apps_name_the_imported_class():
    by_text = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in sorted((ROOT / "src" / "liandong").glob("*/models*/**/*.py")) + sorted((ROOT / "src" / "liandong").glob("*/models.py"))
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", "") in {"ForeignKey", "OneToOneField", "ManyToManyField"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and "." in str(call.args[0].value)
    ]
    assert by_text == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_field_is_declared_personal_or_plain(model):
    personal = list(privacy.PERSONAL.get(label(model), {}))
    plain = privacy.PLAIN.get(label(model), "").split()
    assert sorted(personal + plain) == sorted(declared_fields(model))


def test_no_model_is_declared_that_does_not_exist():
    assert {*privacy.PERSONAL, *privacy.PLAIN} <= {label(model) for model in MODELS}


def test_a_link_to_a_person_is_personal():
    from liandong.accounts.models import Account, Person

    plain_links = [
        f"{label(model)}.{field.name}"
        for model in MODELS
        for field in model._meta.fields
        if field.related_model in {Person, Account} and field.name not in privacy.PERSONAL.get(label(model), {})
    ]
    assert plain_links == []


def test_the_glossary_holds_every_model():
    terms = {
        term.strip().lower()
        for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()
        if line.startswith("|")
        for term in line.split("|")[1].split(",")
    }
    missing = [label(model) for model in MODELS if " ".join(words(model.__name__)) not in terms]
    assert missing == []


def test_no_model_is_named_by_a_word_to_avoid():
    avoided = {
        term.strip().lower()
        for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()
        if line.startswith("|") and line.count("|") >= 4
        for term in re.sub(r"\(.*?\)", "", line.split("|")[3]).split(",")
    } - {"", "avoid"}
    assert [label(model) for model in MODELS if " ".join(words(model.__name__)) in avoided] == []


def words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z][a-z]*", name)]


def test_names_of_fields_say_what_they_hold():
    wrong = []
    for model in MODELS:
        for field in model._meta.fields:
            name = f"{label(model)}.{field.name}"
            if (
                (isinstance(field, models.DateTimeField) and not re.search(r"(^|_)at$", field.name) and field.name != "last_login")
                or (isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField) and not re.search(r"_(date|on)$", field.name))
                or field.name in {"status", "date", "time", "user"}
            ):
                wrong.append(name)
    assert wrong == []
