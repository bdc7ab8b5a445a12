"""Places by draw: how places go, the number on the list, the order drawn."""

from django.db import migrations, models

PLACES_BY = [("order", "In order of sign-up"), ("draw", "By draw")]


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_segment_and_ground")]

    operations = [
        migrations.AddField("activity", "places_by", models.CharField(choices=PLACES_BY, default="order", max_length=5)),
        migrations.AddField("activity", "drawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("signup", "slip", models.CharField(blank=True, default="", editable=False, max_length=6), preserve_default=False),
        migrations.AddField("signup", "drawn_rank", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddConstraint(
            "signup", models.UniqueConstraint(condition=models.Q(("slip", ""), _negated=True), fields=("shift", "slip"), name="activities_sign_up_slip")
        ),
        migrations.AddConstraint(
            "signup",
            models.UniqueConstraint(condition=models.Q(("drawn_rank__isnull", False)), fields=("position", "drawn_rank"), name="activities_sign_up_rank"),
        ),
    ]
