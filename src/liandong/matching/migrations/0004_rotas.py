import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('activities', '0004_segment_and_ground'),
        ('matching', '0003_draws'),
        ('organizations', '0002_staff_count'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('running', 'Running'), ('ended', 'Ended')], default='draft', max_length=10)),
                ('rhythm', models.CharField(choices=[('monthly', 'Every month'), ('weeks', 'Every so many weeks'), ('listed', 'On dates I write down')], max_length=10)),
                ('nth', models.PositiveSmallIntegerField(default=1)),
                ('weekday', models.PositiveSmallIntegerField(default=5)),
                ('every_weeks', models.PositiveSmallIntegerField(default=4)),
                ('from_date', models.DateField()),
                ('to_date', models.DateField()),
                ('start_time', models.TimeField(default=datetime.time(14, 0))),
                ('minutes', models.PositiveSmallIntegerField(default=120)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('needed_words', models.TextField(blank=True)),
                ('checklist', models.TextField(blank=True)),
                ('made_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('made_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.rota')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['territory', 'state'], name='matching_rota_territory'), models.Index(fields=['-made_at', '-id'], name='matching_rota_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_date__gte', models.F('from_date'))), name='matching_rota_dates')],
            },
        ),
        migrations.CreateModel(
            name='RotaHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveSmallIntegerField(default=1)),
                ('from_date', models.DateField()),
                ('to_date', models.DateField(blank=True, null=True)),
                ('blocked_dates', models.JSONField(default=list)),
                ('paused_from_date', models.DateField(blank=True, null=True)),
                ('paused_to_date', models.DateField(blank=True, null=True)),
                ('pause_reason', models.CharField(blank=True, max_length=200)),
                ('pause_asked_from_date', models.DateField(blank=True, null=True)),
                ('pause_asked_to_date', models.DateField(blank=True, null=True)),
                ('pause_asked_words', models.CharField(blank=True, max_length=200)),
                ('pause_asked_at', models.DateTimeField(blank=True, null=True)),
                ('owed_turns', models.DecimalField(decimal_places=4, default=0, max_digits=8)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('pause_asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hosts', to='matching.rota')),
            ],
            options={
                'indexes': [models.Index(fields=['organization'], name='matching_rota_host_body')],
                'constraints': [models.UniqueConstraint(fields=('rota', 'organization'), name='matching_rota_host_once'), models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='matching_rota_host_size')],
            },
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn_date', models.DateField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('agreed', 'Agreed'), ('held', 'Held'), ('missed', 'Did not take place')], default='planned', max_length=10)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('notes', models.TextField(blank=True)),
                ('missed_reason', models.CharField(blank=True, max_length=200)),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='matching.rotahost')),
                ('notes_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='matching.rota')),
            ],
            options={
                'indexes': [models.Index(fields=['host', 'turn_date'], name='matching_turn_host'), models.Index(condition=models.Q(('state__in', ['planned', 'agreed'])), fields=['turn_date'], name='matching_turn_open')],
                'constraints': [models.UniqueConstraint(fields=('rota', 'turn_date'), name='matching_turn_once'), models.CheckConstraint(condition=models.Q(('host__isnull', False), models.Q(('state__in', ['agreed', 'held']), _negated=True), _connector='OR'), name='matching_turn_has_host')],
            },
        ),
        migrations.CreateModel(
            name='TurnSwap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'No longer possible')], default='asked', max_length=10)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('answer_words', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('asked', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.rotahost')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('asking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.rotahost')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='swaps_wanted', to='matching.turn')),
                ('turn', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='swaps_asked', to='matching.turn')),
            ],
            options={
                'indexes': [models.Index(fields=['asked', 'state'], name='matching_swap_asked'), models.Index(condition=models.Q(('state', 'asked')), fields=['other'], name='matching_swap_wanted')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('turn',), name='matching_swap_once'), models.CheckConstraint(condition=models.Q(('turn', models.F('other')), _negated=True), name='matching_swap_two_turns')],
            },
        ),
    ]
