"""The first version of the star levels: the ones most cities use."""

import datetime as dt

from django.db import migrations


def first_rule(apps, schema_editor):
    apps.get_model("honours", "StarRule").objects.create(
        version=1, star_hours=[100, 300, 600, 1000, 1500], source="民发〔2015〕149号; 本地规则可另设版本", from_date=dt.date(2020, 1, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("honours", "0001_initial")]
    operations = [migrations.RunPython(first_rule, migrations.RunPython.noop)]
