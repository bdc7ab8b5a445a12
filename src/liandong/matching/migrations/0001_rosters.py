import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('activities', '0004_segment_and_ground'),
    ]

    operations = [
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('solving', 'Being calculated'), ('ready', 'Ready'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('weekly_minutes', models.PositiveIntegerField()),
                ('rule_version', models.PositiveSmallIntegerField()),
                ('skills', models.JSONField(default=dict)),
                ('required', models.PositiveIntegerField(default=0)),
                ('covered', models.PositiveIntegerField(default=0)),
                ('wishes', models.PositiveIntegerField(default=0)),
                ('wishes_met', models.PositiveIntegerField(default=0)),
                ('spread_minutes', models.PositiveIntegerField(default=0)),
                ('changes', models.PositiveIntegerField(blank=True, null=True)),
                ('tiers', models.JSONField(default=list)),
                ('is_proven', models.BooleanField(default=False)),
                ('seconds', models.FloatField(default=0)),
                ('unmet', models.JSONField(default=list)),
                ('helps', models.JSONField(default=list)),
                ('failure', models.JSONField(default=list)),
                ('solve_asked_at', models.DateTimeField(blank=True, null=True)),
                ('beat_at', models.DateTimeField(blank=True, null=True)),
                ('is_stop_asked', models.BooleanField(default=False)),
                ('solved_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('copied_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.roster')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['activity', 'state'], name='matching_roster_activity'), models.Index(fields=['-saved_at', '-id'], name='matching_roster_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('activity', 'name'), name='matching_roster_name'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('activity',), name='matching_roster_published_once')],
            },
        ),
        migrations.CreateModel(
            name='RosterCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('team', 'In the team'), ('earlier', 'Came before'), ('signed_up', 'Signed up'), ('skill', 'Has the skill'), ('added', 'Added by hand')], max_length=10)),
                ('skills', models.JSONField(default=list)),
                ('wishes', models.JSONField(default=list)),
                ('unavailable', models.JSONField(default=list)),
                ('past_minutes', models.PositiveIntegerField(default=0)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='candidates', to='matching.roster')),
            ],
            options={
                'indexes': [models.Index(fields=['person'], name='matching_candidate_person')],
                'constraints': [models.UniqueConstraint(fields=('roster', 'person'), name='matching_candidate_once')],
            },
        ),
        migrations.CreateModel(
            name='RosterLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_locked', models.BooleanField(default=False)),
                ('placed_how', models.CharField(choices=[('person', 'A person'), ('machine', 'The calculation')], default='machine', max_length=8)),
                ('allowed_reason', models.CharField(blank=True, max_length=200)),
                ('reasons', models.JSONField(default=list)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('answer_due_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(choices=[('open', 'Not answered yet'), ('accepted', 'Coming'), ('declined', 'Cannot come')], default='open', max_length=8)),
                ('answer_words', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('substitutes', models.JSONField(default=list)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('placed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.position')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='matching.roster')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.shift')),
            ],
            options={
                'indexes': [models.Index(fields=['roster', 'shift'], name='matching_line_roster'), models.Index(fields=['person', 'answer'], name='matching_line_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answer', 'declined'), _negated=True), fields=('roster', 'person', 'shift'), name='matching_line_once')],
            },
        ),
    ]
