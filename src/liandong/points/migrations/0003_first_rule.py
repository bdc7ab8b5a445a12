"""The first version of the points rule, two points an hour and eight hours an activity, and the hub's own accounts."""

import datetime as dt

from django.db import migrations

IN_FORCE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def first_rule(apps, schema_editor):
    apps.get_model("points", "PointsRule").objects.create(
        version=1,
        points_per_hour=2,
        activity_cap_minutes=480,
        source="民发〔2015〕149号; 本地规则可另设版本",
        from_date=dt.date(2020, 1, 1),
        approved_at=IN_FORCE,
    )
    accounts = apps.get_model("points", "PointsAccount").objects
    accounts.create(kind="issue", floor=None)
    accounts.create(kind="written_off", floor=None)
    accounts.create(kind="pool", floor=0)


class Migration(migrations.Migration):
    dependencies = [("points", "0002_append_only")]
    operations = [migrations.RunPython(first_rule, migrations.RunPython.noop)]
