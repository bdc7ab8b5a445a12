"""The quick `migrate` makes what Django's own would make."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from liandong.config.management.commands.migrate import Few, State


def tables(apps, keys) -> list[str]:
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for key in keys:
            editor.create_model(apps.get_model(*key))
    return editor.collected_sql


@pytest.mark.django_db
def test_a_table_is_the_same_with_all_models_at_hand_or_few():
    found = MigrationLoader(connection).project_state()
    state = State(found.models, found.real_apps)
    keys = sorted(state.models)[::9]
    assert len(keys) > 15
    assert tables(Few(state), keys) == tables(state.apps, keys)


def test_only_what_adds_gets_few_models():
    state = State()
    kept = state.clone()
    assert (type(state.apps), type(kept.apps)) == (Few, Few)
    state.reload_model("notices", "notice")  # a step that changes a model
    assert Few not in (type(state.apps), type(kept.apps))
    state.clone()
    state.clear_delayed_apps_cache()  # code is about to be given the models
    assert type(state.apps) is not Few
