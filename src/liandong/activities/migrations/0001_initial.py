import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import liandong.activities.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('organizations', '0001_initial'),
        ('projects', '0001_initial'),
        ('venues', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weeks', models.PositiveSmallIntegerField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('in_at', models.DateTimeField()),
                ('in_method', models.CharField(choices=[('venue_code', 'Scanned the code at the door'), ('ticket', "Leader scanned the person's code"), ('list', 'Leader ticked the list'), ('shift_end', 'Closed at the end of the shift'), ('correction', 'Corrected')], max_length=12)),
                ('in_nonce', models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ('out_at', models.DateTimeField(blank=True, null=True)),
                ('out_method', models.CharField(blank=True, choices=[('venue_code', 'Scanned the code at the door'), ('ticket', "Leader scanned the person's code"), ('list', 'Leader ticked the list'), ('shift_end', 'Closed at the end of the shift'), ('correction', 'Corrected')], max_length=12)),
                ('out_nonce', models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ('in_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('out_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
        ),
        migrations.CreateModel(
            name='AttendanceCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_in_at', models.DateTimeField(null=True)),
                ('old_out_at', models.DateTimeField(null=True)),
                ('new_in_at', models.DateTimeField()),
                ('new_out_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(max_length=200)),
                ('corrected_at', models.DateTimeField()),
                ('attendance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='activities.attendance')),
                ('corrected_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=liandong.activities.models.new_activity_code, editable=False, max_length=8, unique=True)),
                ('title', models.CharField(max_length=80)),
                ('summary', models.TextField(blank=True)),
                ('risks', models.TextField(blank=True)),
                ('category', models.CharField(choices=[('elders', 'Elders and disability'), ('children', 'Children and family'), ('outdoor', 'Outdoor workers'), ('staff', 'Enterprise staff'), ('culture', 'Environment and culture'), ('order', 'Neighbourhood and safety'), ('health', 'Health'), ('jobs', 'Work and skills'), ('other', 'Other')], default='other', max_length=12)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('contact_name', models.CharField(blank=True, max_length=50)),
                ('contact_phone', models.CharField(blank=True, max_length=30)),
                ('is_good_first_time', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Open for sign-up'), ('cancelled', 'Cancelled'), ('finished', 'Finished')], default='draft', max_length=10)),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('cancel_until_hours', models.PositiveSmallIntegerField(default=18)),
                ('first_starts_at', models.DateTimeField(blank=True, null=True)),
                ('last_ends_at', models.DateTimeField(blank=True, null=True)),
                ('served_count', models.PositiveIntegerField(default=0)),
                ('served_note', models.CharField(blank=True, max_length=200)),
                ('outcome', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
                ('venue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='venues.venue')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='activities.series')),
            ],
            options={
                'verbose_name_plural': 'activities',
                'indexes': [models.Index(fields=['state', 'first_starts_at'], name='activities_activity_state'), models.Index(fields=['host', '-first_starts_at'], name='activities_activity_host'), models.Index(fields=['project'], name='activities_activity_project'), models.Index(fields=['-first_starts_at', '-id'], name='activities_activity_newest'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='activities_activity_search')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('spot', models.CharField(blank=True, max_length=80)),
                ('secret', models.CharField(default=liandong.activities.models.new_shift_secret, editable=False, max_length=32)),
                ('next_sequence', models.PositiveIntegerField(default=1)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='activities.activity')),
            ],
            options={
                'indexes': [models.Index(fields=['activity', 'starts_at'], name='activities_shift_activity'), models.Index(fields=['starts_at'], name='activities_shift_starts'), models.Index(fields=['ends_at'], name='activities_shift_ends')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='activities_shift_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('volunteer', 'Volunteer'), ('participant', 'Participant'), ('staff', 'Staff')], max_length=12)),
                ('name', models.CharField(max_length=40)),
                ('note', models.CharField(blank=True, max_length=120)),
                ('capacity', models.PositiveIntegerField()),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='positions', to='activities.shift')),
            ],
            options={
                'indexes': [models.Index(fields=['shift', 'order'], name='activities_position_shift')],
                'constraints': [models.UniqueConstraint(fields=('shift', 'name'), name='activities_position_name'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='activities_position_capacity')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('confirmed', 'Confirmed'), ('waiting', 'On the waiting list'), ('cancelled', 'Cancelled'), ('absent', 'Did not come')], max_length=10)),
                ('sequence', models.PositiveIntegerField()),
                ('code', models.CharField(default=liandong.activities.models.new_ticket_code, editable=False, max_length=8, unique=True)),
                ('signed_up_at', models.DateTimeField()),
                ('moved_up_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('clash_allowed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='activities.position')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='activities.shift')),
                ('signed_up_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['position', 'state', 'sequence'], name='activities_sign_up_position'), models.Index(fields=['person', 'state'], name='activities_sign_up_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['confirmed', 'waiting', 'absent'])), fields=('shift', 'person'), name='activities_sign_up_once'), models.UniqueConstraint(fields=('shift', 'sequence'), name='activities_sign_up_sequence')],
            },
        ),
        migrations.AddField(
            model_name='attendance',
            name='sign_up',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='activities.signup'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.CheckConstraint(condition=models.Q(('out_at__isnull', True), ('out_at__gte', models.F('in_at')), _connector='OR'), name='activities_attendance_out_after_in'),
        ),
    ]
