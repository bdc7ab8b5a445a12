import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import liandong.appointments.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('organizations', '0002_staff_count'),
        ('venues', '0002_opening_hours'),
    ]

    operations = [
        migrations.CreateModel(
            name='Desk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('department', 'Government department'), ('deputy', 'Deputies and committee members'), ('lawyer', 'Lawyer'), ('counsellor', 'Counsellor'), ('other', 'Others')], max_length=12)),
                ('title', models.CharField(max_length=60)),
                ('receiver', models.CharField(max_length=60)),
                ('words', models.TextField(blank=True, max_length=600)),
                ('spot', models.CharField(blank=True, max_length=60)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('minutes', models.PositiveSmallIntegerField(default=20)),
                ('ahead_days', models.PositiveSmallIntegerField(default=28)),
                ('until_minutes', models.PositiveSmallIntegerField(default=60)),
                ('is_open_on_holidays', models.BooleanField(default=False)),
                ('is_open', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='venues.venue')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'is_open'], name='appointments_desk_kind')],
                'constraints': [models.UniqueConstraint(fields=('host', 'title'), name='appointments_desk_title'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 240)), name='appointments_desk_minutes'), models.CheckConstraint(condition=models.Q(('ahead_days__gte', 1), ('ahead_days__lte', 90)), name='appointments_desk_ahead'), models.CheckConstraint(condition=models.Q(('until_minutes__lte', 4320)), name='appointments_desk_until')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=liandong.appointments.models.new_appointment_code, editable=False, max_length=10, unique=True)),
                ('on_date', models.DateField()),
                ('number', models.PositiveSmallIntegerField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('about', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('booked', 'Booked'), ('arrived', 'Here'), ('called', 'Being received'), ('done', 'Received'), ('missed', 'Not there'), ('cancelled', 'Cancelled'), ('over', 'Over')], default='booked', max_length=10)),
                ('is_cancelled_by_desk', models.BooleanField(default=False)),
                ('cancel_words', models.CharField(blank=True, max_length=80)),
                ('booked_at', models.DateTimeField()),
                ('called_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='appointments.desk')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-starts_at'], name='appointments_person'), models.Index(fields=['on_date', 'state'], name='appointments_date')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), expressions=[(models.Func('desk', 'desk', models.Value('[]'), function='INT8RANGE'), '&&'), (models.Func('starts_at', 'ends_at', function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='appointments_no_two_at_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['booked', 'arrived', 'called'])), fields=('desk', 'person'), name='appointments_one_open_each'), models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('desk', 'on_date', 'number'), name='appointments_number_once'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='appointments_appointment_span'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), ('about', ''), _connector='OR'), name='appointments_cancelled_says_nothing')],
            },
        ),
        migrations.CreateModel(
            name='DeskDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_date', models.DateField()),
                ('opens_at', models.TimeField(blank=True, null=True)),
                ('closes_at', models.TimeField(blank=True, null=True)),
                ('words', models.CharField(blank=True, max_length=80)),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='appointments.desk')),
            ],
            options={
                'ordering': ['on_date'],
                'constraints': [models.UniqueConstraint(fields=('desk', 'on_date'), name='appointments_day_once'), models.CheckConstraint(condition=models.Q(models.Q(('closes_at__isnull', True), ('opens_at__isnull', True)), models.Q(('closes_at__gt', models.F('opens_at')), ('closes_at__isnull', False), ('opens_at__isnull', False)), _connector='OR'), name='appointments_day_span')],
            },
        ),
        migrations.CreateModel(
            name='DeskHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField()),
                ('every_weeks', models.PositiveSmallIntegerField(default=1)),
                ('nth', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('opens_at', models.TimeField()),
                ('closes_at', models.TimeField()),
                ('from_date', models.DateField()),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='appointments.desk')),
            ],
            options={
                'ordering': ['weekday', 'opens_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='appointments_hours_weekday'), models.CheckConstraint(condition=models.Q(('every_weeks__gte', 1), ('every_weeks__lte', 8)), name='appointments_hours_weeks'), models.CheckConstraint(condition=models.Q(('nth__isnull', True), models.Q(('every_weeks', 1), ('nth__gte', 1), ('nth__lte', 5)), _connector='OR'), name='appointments_hours_nth'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='appointments_hours_span')],
            },
        ),
        migrations.CreateModel(
            name='Receiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receivers', to='appointments.desk')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('desk', 'person'), name='appointments_receiver_once')],
            },
        ),
    ]
