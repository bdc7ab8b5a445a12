"""The first version of the star levels: the ones most cities use, for everywhere that has none of its own. And what nobody may change afterwards."""

import datetime as dt

from django.db import migrations

TRIGGERS = """
create trigger append_only before update or delete on honours_stargrant for each row execute function accounts_append_only_but_follows();
create trigger no_truncate before truncate on honours_stargrant for each statement execute function liandong_append_only();
"""
DROP = "drop trigger append_only on honours_stargrant; drop trigger no_truncate on honours_stargrant;"


def first_rule(apps, schema_editor):
    apps.get_model("honours", "StarRule").objects.create(
        version=1,
        name="通行标准",
        star_hours=[100, 300, 600, 1000, 1500],
        source="民发〔2015〕149号; 本地规则可另设版本",
        from_date=dt.date(2020, 1, 1),
        state="agreed",
    )


class Migration(migrations.Migration):
    dependencies = [("honours", "0001_initial"), ("journal", "0002_append_only"), ("accounts", "0004_identity_documents")]
    operations = [migrations.RunPython(first_rule, migrations.RunPython.noop), migrations.RunSQL(TRIGGERS, DROP)]
