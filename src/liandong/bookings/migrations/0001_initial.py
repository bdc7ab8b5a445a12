"""Bookings, series, waiting lists, limits of hours and calendar addresses."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import liandong.bookings.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('organizations', '0002_staff_count'),
        ('venues', '0003_rooms'),
    ]

    operations = [
        migrations.CreateModel(
            name='BookingSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rhythm', models.CharField(choices=[('weekly', 'Every week, or every so many weeks'), ('monthly', 'Once a month, on the same weekday of the month')], default='weekly', max_length=8)),
                ('every', models.PositiveSmallIntegerField(default=1)),
                ('first_date', models.DateField()),
                ('until_date', models.DateField()),
                ('left_out', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, size=None)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'series',
                'constraints': [models.CheckConstraint(condition=models.Q(('every__gte', 1), ('every__lte', 12)), name='bookings_series_every'), models.CheckConstraint(condition=models.Q(('until_date__gte', models.F('first_date'))), name='bookings_series_until')],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.bookings.models.new_booking_number, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('use', 'Booking'), ('closed', 'Closed for work')], default='use', max_length=8)),
                ('state', models.CharField(choices=[('requested', 'Waiting for an answer'), ('confirmed', 'Booked'), ('declined', 'Declined'), ('lapsed', 'Not answered in time'), ('cancelled', 'Cancelled'), ('released', 'Nobody came')], max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('free_at', models.DateTimeField()),
                ('title', models.CharField(max_length=80)),
                ('people_count', models.PositiveIntegerField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('price_fen', models.PositiveIntegerField(default=0)),
                ('for_activity', models.BooleanField(default=False)),
                ('series_date', models.DateField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('answer_by_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('checked_in_at', models.DateTimeField(blank=True, null=True)),
                ('given_up_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('booked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('checked_in_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='venues.room')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.bookingseries')),
            ],
            options={
                'indexes': [models.Index(fields=['room', 'starts_at'], name='bookings_booking_room'), models.Index(fields=['organization', '-starts_at'], name='bookings_booking_body'), models.Index(fields=['booked_by', '-starts_at'], name='bookings_booking_person'), models.Index(condition=models.Q(('state', 'requested')), fields=['answer_by_at'], name='bookings_booking_waiting'), models.Index(condition=models.Q(('checked_in_at__isnull', True), ('kind', 'use'), ('state', 'confirmed')), fields=['starts_at'], name='bookings_booking_not_come')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('requested', 'confirmed'))), expressions=[(models.Func(models.F('room_id'), models.F('room_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts_at'), models.F('free_at'), function='tstzrange'), '&&')], name='bookings_booking_no_overlap'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at')), ('free_at__gte', models.F('ends_at'))), name='bookings_booking_times'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'requested'), _negated=True), ('answer_by_at__isnull', False), _connector='OR'), name='bookings_booking_deadline'), models.CheckConstraint(condition=models.Q(models.Q(('given_up_at__isnull', True), ('state__in', ('requested', 'confirmed'))), models.Q(models.Q(('state__in', ('requested', 'confirmed')), _negated=True), ('given_up_at__isnull', False)), _connector='OR'), name='bookings_booking_given_up'), models.CheckConstraint(condition=models.Q(('checked_in_at__isnull', True), models.Q(('state__in', ('requested', 'released')), _negated=True), _connector='OR'), name='bookings_booking_came'), models.CheckConstraint(condition=models.Q(models.Q(('series__isnull', True), ('series_date__isnull', True)), models.Q(('series__isnull', False), ('series_date__isnull', False)), _connector='OR'), name='bookings_booking_series_date'), models.UniqueConstraint(fields=('series', 'series_date'), name='bookings_booking_series_once')],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=liandong.bookings.models.new_feed_token, editable=False, max_length=40, unique=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.organization')),
                ('room', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='venues.room')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organization__isnull', False), ('room__isnull', True)), models.Q(('organization__isnull', True), ('room__isnull', False)), _connector='OR'), name='bookings_feed_of_one')],
            },
        ),
        migrations.CreateModel(
            name='HourLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours', models.PositiveSmallIntegerField()),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.organization')),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='venues.room')),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='venues.venue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('venue', 'room', 'organization'), name='bookings_limit_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('hours__lte', 744)), name='bookings_limit_hours')],
            },
        ),
        migrations.CreateModel(
            name='RoomWait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('title', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('took', 'Got the room'), ('gone', 'No longer waiting')], default='waiting', max_length=8)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('booking', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookings.booking')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='venues.room')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['room', 'starts_at'], name='bookings_wait_room')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='bookings_wait_times'), models.CheckConstraint(condition=models.Q(models.Q(('booking__isnull', False), ('state', 'took')), models.Q(models.Q(('state', 'took'), _negated=True), ('booking__isnull', True)), _connector='OR'), name='bookings_wait_took'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('room', 'starts_at', 'person'), name='bookings_wait_once')],
            },
        ),
    ]
