"""Draws and their lists. What was announced, closed and drawn stands: the database refuses to change it."""

import django.db.models.deletion
from django.db import migrations, models

STANDS = """
create function matching_draw_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state = 'drawn' or new.seed_digest <> old.seed_digest or new.seed_sealed <> old.seed_sealed
       or new.activity_id <> old.activity_id or (old.state = 'closed' and (new.state = 'open' or new.public_rule <> old.public_rule)) then
        raise exception 'a draw stands as it was announced: % refused', tg_op using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create function matching_draw_list_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if (select state from matching_draw where id = new.draw_id) <> 'open' then
            raise exception 'the list of a draw is closed: % refused', tg_op using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if tg_op = 'DELETE' or new.published <> old.published or new.digest <> old.digest or new.draw_id <> old.draw_id or new.position_id <> old.position_id
       or (select state from matching_draw where id = old.draw_id) = 'drawn' then
        raise exception 'the list of a draw stands as it was published: % refused', tg_op using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger stands before update or delete on matching_draw for each row execute function matching_draw_stands();
create trigger stands before insert or update or delete on matching_drawlist for each row execute function matching_draw_list_stands();
create trigger no_truncate before truncate on matching_draw for each statement execute function liandong_append_only();
create trigger no_truncate before truncate on matching_drawlist for each statement execute function liandong_append_only();
"""
FALLS = """
drop trigger stands on matching_draw; drop trigger no_truncate on matching_draw;
drop trigger stands on matching_drawlist; drop trigger no_truncate on matching_drawlist;
drop function matching_draw_stands(); drop function matching_draw_list_stands();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0002_packages"),
        ("activities", "0005_draw"),
        ("accounts", "0001_initial"),
        ("journal", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open for entries"), ("closed", "List closed"), ("drawn", "Drawn")], default="open", max_length=6
                    ),
                ),
                ("seed_sealed", models.TextField()),
                ("seed_digest", models.CharField(max_length=64)),
                ("seed", models.CharField(blank=True, max_length=64)),
                ("public_rule", models.CharField(blank=True, max_length=120)),
                ("public_number", models.CharField(blank=True, max_length=60)),
                ("closes_at", models.DateTimeField()),
                ("announced_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("drawn_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "activity",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activities.activity"),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["closes_at"], name="matching_draw_to_close"),
                    models.Index(fields=["-closes_at", "-id"], name="matching_draw_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("drawn_at__isnull", False), ("state", "drawn"), models.Q(("seed", ""), _negated=True)),
                            models.Q(models.Q(("state", "drawn"), _negated=True), ("drawn_at__isnull", True), ("seed", "")),
                            _connector="OR",
                        ),
                        name="matching_draw_seed_when_drawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "open"), ("closed_at__isnull", False), _connector="OR"), name="matching_draw_closed_first"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DrawList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("published", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("entries", models.PositiveIntegerField()),
                ("places", models.PositiveIntegerField()),
                ("order", models.JSONField(default=list)),
                ("winners", models.JSONField(default=list)),
                ("passed", models.JSONField(default=list)),
                (
                    "draw",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lists", to="matching.draw"),
                ),
                (
                    "position",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activities.position"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("draw", "position"), name="matching_draw_list_once")]},
        ),
        migrations.RunSQL(STANDS, FALLS),
    ]
