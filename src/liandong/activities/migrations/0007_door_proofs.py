"""Scans kept without network, tablets at the door, spot checks, and what else an attendance is proved by; who is too young for a position or suspended."""

import django.db.models.deletion
import liandong.activities.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0006_shift_booking'),
        ('journal', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='attendance',
            name='distance_m',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='attendance',
            name='in_device',
            field=models.CharField(blank=True, editable=False, max_length=16),
        ),
        migrations.AlterField(
            model_name='attendance',
            name='in_method',
            field=models.CharField(choices=[('venue_code', 'Scanned the code at the door'), ('ticket', "Leader scanned the person's code"), ('offline', "Leader scanned the person's code without network"), ('kiosk', 'Typed a code at the door tablet'), ('list', 'Leader ticked the list'), ('shift_end', 'Closed at the end of the shift'), ('correction', 'Corrected')], max_length=12),
        ),
        migrations.AlterField(
            model_name='attendance',
            name='out_method',
            field=models.CharField(blank=True, choices=[('venue_code', 'Scanned the code at the door'), ('ticket', "Leader scanned the person's code"), ('offline', "Leader scanned the person's code without network"), ('kiosk', 'Typed a code at the door tablet'), ('list', 'Leader ticked the list'), ('shift_end', 'Closed at the end of the shift'), ('correction', 'Corrected')], max_length=12),
        ),
        migrations.CreateModel(
            name='DoorScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=40, unique=True)),
                ('code', models.CharField(max_length=8)),
                ('act', models.CharField(choices=[('in', 'Check-in'), ('out', 'Check-out')], max_length=3)),
                ('device', models.CharField(max_length=40)),
                ('device_at', models.DateTimeField()),
                ('ago_ms', models.BigIntegerField(blank=True, null=True)),
                ('scanned_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('is_clock_wrong', models.BooleanField(default=False)),
                ('is_from_file', models.BooleanField(default=False)),
                ('shown', models.CharField(choices=[('kept', 'Noted, not sent yet'), ('unlisted', 'Not on the list, noted')], default='kept', max_length=10)),
                ('verdict', models.CharField(choices=[('taken', 'Counts'), ('already', 'Another phone was first'), ('unlisted', 'Not on the list'), ('waiting', 'On the waiting list'), ('cancelled', 'Cancelled'), ('not_in', 'Left without coming'), ('outside', 'Outside the time of the shift'), ('clock', 'The time cannot be believed'), ('young', 'Too young for this position'), ('suspended', 'Suspended from the activities of this body'), ('refused', 'Not accepted')], max_length=10)),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='door_scans', to='activities.shift')),
                ('sign_up', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.signup')),
            ],
        ),
        migrations.CreateModel(
            name='Kiosk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('secret', models.CharField(default=liandong.activities.models.new_shift_secret, editable=False, max_length=32)),
                ('made_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('wrong_tries', models.PositiveSmallIntegerField(default=0)),
                ('wrong_since_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kiosks', to='activities.shift')),
            ],
        ),
        migrations.CreateModel(
            name='ScanSettlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('took', 'Counted after all'), ('left', 'Left out')], max_length=4)),
                ('reason', models.CharField(max_length=200)),
                ('settled_at', models.DateTimeField()),
                ('scan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='activities.doorscan')),
                ('settled_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
        ),
        migrations.CreateModel(
            name='SpotCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.PositiveIntegerField()),
                ('answer', models.CharField(choices=[('here', 'Yes, is here'), ('gone', 'Is not here'), ('unsure', 'Could not look')], max_length=6)),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('attendance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spot_checks', to='activities.attendance')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spot_checks', to='activities.shift')),
            ],
        ),
        migrations.AddIndex(
            model_name='doorscan',
            index=models.Index(fields=['shift', 'received_at'], name='activities_door_scan_shift'),
        ),
        migrations.AddConstraint(
            model_name='doorscan',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['in', 'out'])), name='activities_door_scan_act'),
        ),
        migrations.AddConstraint(
            model_name='spotcheck',
            constraint=models.UniqueConstraint(fields=('shift', 'turn'), name='activities_spot_check_turn'),
        ),
        migrations.AddField(
            model_name='position',
            name='min_age',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.CheckConstraint(condition=models.Q(('min_age__lte', 80)), name='activities_position_min_age'),
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200)),
                ('until_date', models.DateField()),
                ('suspended_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lift_reason', models.CharField(blank=True, max_length=200)),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('suspended_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['person', 'organization'], name='activities_suspension_person'),
                    models.Index(fields=['organization', '-suspended_at'], name='activities_suspension_body'),
                ],
                'constraints': [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(('lift_reason', ''), ('lifted_at__isnull', True), ('lifted_by__isnull', True)),
                            models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lift_reason', ''), _negated=True)),
                            _connector='OR',
                        ),
                        name='activities_suspension_lifted_whole',
                    )
                ],
            },
        ),
        *[
            migrations.RunSQL(
                f"""
                create trigger append_only before update or delete on {table} for each row execute function liandong_append_only();
                create trigger no_truncate before truncate on {table} for each statement execute function liandong_append_only();
                """,
                f"drop trigger append_only on {table}; drop trigger no_truncate on {table};",
            )
            for table in ("activities_doorscan", "activities_scansettlement", "activities_spotcheck")
        ],
    ]
