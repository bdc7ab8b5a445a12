"""The room a shift has booked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0005_draw"), ("bookings", "0001_initial")]

    operations = [
        migrations.AddField(
            "shift",
            "booking",
            models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="bookings.booking"),
        ),
    ]
