"""When a shift was closed and its people reminded; when an attendance was confirmed."""

from django.db import migrations, models


def times(model: str, *names: str) -> list[migrations.AddField]:
    return [migrations.AddField(model_name=model, name=name, field=models.DateTimeField(blank=True, null=True)) for name in names]


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_append_only")]
    operations = [
        *times("shift", "day_reminder_at", "soon_reminder_at", "closed_at"),
        *times("attendance", "confirmed_at"),
        migrations.AddIndex(
            model_name="shift",
            index=models.Index(condition=models.Q(("closed_at__isnull", True)), fields=["ends_at"], name="activities_shift_open"),
        ),
    ]
