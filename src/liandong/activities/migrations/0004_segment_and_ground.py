from django.db import migrations, models

SEGMENTS = [
    ("elders", "Older people"),
    ("staff", "Employees"),
    ("parents", "Parents"),
    ("outdoor", "Outdoor workers"),
    ("shops", "Shopkeepers"),
    ("youth", "Young people"),
    ("disabled", "People with disabilities"),
    ("small_firm", "Small firms"),
    ("medium_firm", "Medium firms"),
    ("large_firm", "Large firms"),
]


class Migration(migrations.Migration):
    dependencies = [("activities", "0003_closing_and_reminders")]

    operations = [
        migrations.AddField("activity", "segment", models.CharField(blank=True, choices=SEGMENTS, default="", max_length=12), preserve_default=False),
        migrations.AddIndex("activity", models.Index(fields=["territory", "first_starts_at"], name="activities_activity_ground")),
    ]
