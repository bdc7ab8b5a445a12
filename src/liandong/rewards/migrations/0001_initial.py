"""Rewards, what was taken of them, the first version of the rule."""

import datetime as dt

import django.db.models.deletion
from django.db import migrations, models

import liandong.rewards.models


def first_rule(apps, schema_editor):
    apps.get_model("rewards", "RewardRule").objects.create(version=1, from_date=dt.date(2020, 1, 1))


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_pinyin_order"),
        ("activities", "0006_shift_booking"),
        ("needs", "0006_wishes"),
        ("organizations", "0002_staff_count"),
        ("venues", "0003_rooms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(default=liandong.rewards.models.new_reward_number, editable=False, max_length=8, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("goods", "Goods"), ("voucher", "Voucher"), ("service", "Service"), ("place", "Place in an activity")], max_length=8
                    ),
                ),
                ("title", models.CharField(max_length=40)),
                ("words", models.TextField(blank=True, max_length=600)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("elders", "Elders and disability"),
                            ("children", "Children and family"),
                            ("outdoor", "Outdoor workers"),
                            ("staff", "Enterprise staff"),
                            ("culture", "Environment and culture"),
                            ("order", "Neighbourhood and safety"),
                            ("health", "Health"),
                            ("jobs", "Work and skills"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                    ),
                ),
                ("points", models.PositiveIntegerField()),
                ("put_count", models.PositiveIntegerField(blank=True, null=True)),
                ("left_count", models.PositiveIntegerField(blank=True, null=True)),
                ("monthly_count", models.PositiveIntegerField(default=10)),
                ("per_person", models.PositiveSmallIntegerField(default=0)),
                ("where_words", models.CharField(blank=True, max_length=120)),
                ("when_words", models.CharField(blank=True, max_length=120)),
                ("terms", models.TextField(blank=True, max_length=400)),
                ("valid_days", models.PositiveSmallIntegerField(default=30)),
                ("from_date", models.DateField()),
                ("to_date", models.DateField(blank=True, null=True)),
                ("photo", models.FileField(blank=True, upload_to="rewards/")),
                ("photo_words", models.CharField(blank=True, max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the hub"),
                            ("open", "On offer"),
                            ("paused", "Paused"),
                            ("declined", "Not taken in"),
                            ("ended", "Ended"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("decision_words", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField()),
                (
                    "activity",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activities.activity"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"),
                ),
                ("host", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization")),
                (
                    "proposed_by",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"),
                ),
                ("territory", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.territory")),
                ("venue", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="venues.venue")),
            ],
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveIntegerField()),
                ("code", models.CharField(default=liandong.rewards.models.new_voucher_code, editable=False, max_length=8, unique=True)),
                ("transfer_id", models.UUIDField(editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "To be used"),
                            ("used", "Used"),
                            ("expired", "Run out"),
                            ("returned", "Given back"),
                            ("refunded", "Taken back"),
                        ],
                        default="reserved",
                        max_length=8,
                    ),
                ),
                ("takes_piece", models.BooleanField(default=False)),
                ("reserved_at", models.DateTimeField()),
                ("holds_until_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=120)),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization"
                    ),
                ),
                ("need", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.need")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person")),
                (
                    "used_by",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"),
                ),
                ("reward", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="rewards.reward")),
            ],
        ),
        migrations.CreateModel(
            name="RewardRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True)),
                ("approve_from_points", models.PositiveIntegerField(default=60)),
                ("approves_services", models.BooleanField(default=True)),
                ("voucher_days", models.PositiveSmallIntegerField(default=30)),
                ("ask_after_days", models.PositiveSmallIntegerField(default=180)),
                ("ask_from_points", models.PositiveIntegerField(default=20)),
                ("cover_floor_percent", models.PositiveSmallIntegerField(default=100)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("from_date", models.DateField()),
                (
                    "made_by",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SpendingCare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wants_none", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("person", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.person")),
            ],
        ),
        migrations.AddIndex(
            model_name="reward",
            index=models.Index(fields=["state", "points"], name="rewards_reward_state"),
        ),
        migrations.AddIndex(
            model_name="reward",
            index=models.Index(fields=["host", "state"], name="rewards_reward_host"),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(("monthly_count__gte", 1), ("points__gte", 1), ("valid_days__gte", 1)), name="rewards_reward_counts"
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_count__isnull", True), ("put_count__isnull", True)),
                    models.Q(("left_count__isnull", False), ("left_count__lte", models.F("put_count")), ("put_count__isnull", False)),
                    _connector="OR",
                ),
                name="rewards_reward_stock",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_date__isnull", True), ("to_date__gte", models.F("from_date")), _connector="OR"), name="rewards_reward_dates"
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "place"), ("activity__isnull", True), _connector="OR"), name="rewards_reward_activity"
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["person", "-id"], name="rewards_redemption_person"),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["reward", "-id"], name="rewards_redemption_reward"),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(condition=models.Q(("state", "reserved")), fields=["holds_until_at"], name="rewards_redemption_due"),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(condition=models.Q(("points__gte", 1)), name="rewards_redemption_points"),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["used", "refunded"]), ("used_at__isnull", False)),
                    models.Q(("used_at__isnull", True), models.Q(("state__in", ["used", "refunded"]), _negated=True)),
                    _connector="OR",
                ),
                name="rewards_redemption_used",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ["reserved", "used"])),
                    models.Q(("ended_at__isnull", False), models.Q(("state__in", ["reserved", "used"]), _negated=True)),
                    _connector="OR",
                ),
                name="rewards_redemption_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ask_after_days__gte", 30), ("cover_floor_percent__lte", 500), ("voucher_days__gte", 1), ("voucher_days__lte", 366)
                ),
                name="rewards_rule_spans",
            ),
        ),
        migrations.RunPython(first_rule, migrations.RunPython.noop),
    ]
