import django.db.models.deletion
from django.db import migrations, models

CATEGORIES = [
    ("elders", "Elders and disability"), ("children", "Children and family"), ("outdoor", "Outdoor workers"), ("staff", "Enterprise staff"),
    ("culture", "Environment and culture"), ("order", "Neighbourhood and safety"), ("health", "Health"), ("jobs", "Work and skills"), ("other", "Other"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_pinyin_order"),
        ("activities", "0004_segment_and_ground"),
        ("organizations", "0002_staff_count"),
        ("matching", "0004_rotas"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invited_at", models.DateTimeField()),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person")),
                ("position", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="activities.position")),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-invited_at"], name="matching_invitation_person")],
                "constraints": [models.UniqueConstraint(fields=("position", "person"), name="matching_invitation_once")],
            },
        ),
        migrations.CreateModel(
            name="SuggestionChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_without_profile", models.BooleanField(default=False)),
                ("quiet_until_date", models.DateField(blank=True, null=True)),
                ("chosen_at", models.DateTimeField()),
                ("person", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("is_without_profile", True)), fields=["person"], name="matching_choice_without")],
            },
        ),
        migrations.CreateModel(
            name="SuggestionRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("activity", "This activity"), ("category", "This kind"), ("organization", "This organisation")], max_length=12
                    ),
                ),
                ("category", models.CharField(blank=True, choices=CATEGORIES, max_length=12)),
                ("refused_at", models.DateTimeField()),
                (
                    "activity",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activities.activity"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization"
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "what", "activity", "category", "organization"), name="matching_refusal_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("activity__isnull", False), ("category", ""), ("organization__isnull", True), ("what", "activity")),
                            models.Q(
                                ("activity__isnull", True),
                                ("organization__isnull", True),
                                ("what", "category"),
                                models.Q(("category", ""), _negated=True),
                            ),
                            models.Q(("activity__isnull", True), ("category", ""), ("organization__isnull", False), ("what", "organization")),
                            _connector="OR",
                        ),
                        name="matching_refusal_of_one_thing",
                    ),
                ],
            },
        ),
    ]
