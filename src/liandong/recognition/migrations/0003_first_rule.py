"""The first version of the recognition rule: two points an hour, eight hours an activity, the star levels most cities use."""

import datetime as dt

from django.db import migrations


def first_rule(apps, schema_editor):
    apps.get_model("recognition", "RecognitionRule").objects.create(
        version=1,
        points_per_hour=2,
        activity_cap_minutes=480,
        star_hours=[100, 300, 600, 1000, 1500],
        source="民发〔2015〕149号; 本地规则可另设版本",
        from_date=dt.date(2020, 1, 1),
    )
    apps.get_model("recognition", "PointsAccount").objects.create(kind="issue", floor=None)


class Migration(migrations.Migration):
    dependencies = [("recognition", "0002_append_only")]
    operations = [migrations.RunPython(first_rule, migrations.RunPython.noop)]
