import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('matching', '0001_rosters'),
        ('needs', '0006_wishes'),
        ('organizations', '0002_staff_count'),
        ('projects', '0002_version_and_pledge_words'),
        ('volunteers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('plan', 'Plan'), ('hours', 'Hours'), ('money', 'Money')], max_length=8)),
                ('title', models.CharField(max_length=60)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('topics', models.JSONField(blank=True, default=list)),
                ('matters', models.JSONField(blank=True, default=list)),
                ('minutes', models.PositiveIntegerField(default=0)),
                ('is_monthly', models.BooleanField(default=False)),
                ('work', models.JSONField(blank=True, default=list)),
                ('features', models.JSONField(blank=True, default=list)),
                ('capacity', models.PositiveIntegerField(blank=True, null=True)),
                ('times', models.PositiveSmallIntegerField(default=1)),
                ('fen', models.BigIntegerField(default=0)),
                ('slots', models.JSONField(blank=True, default=list)),
                ('from_date', models.DateField(blank=True, null=True)),
                ('to_date', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('open', 'To be had'), ('paused', 'Paused'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('made_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='volunteers.skill')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'state'], name='matching_resource_body'), models.Index(fields=['state', 'kind'], name='matching_resource_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gte', 0)), name='matching_resource_money'), models.CheckConstraint(condition=models.Q(('from_date__isnull', True), ('to_date__isnull', True), ('to_date__gte', models.F('from_date')), _connector='OR'), name='matching_resource_dates'), models.CheckConstraint(condition=models.Q(models.Q(('fen__gt', 0), ('kind', 'money')), models.Q(('kind__in', ('plan', 'hours')), ('minutes__gt', 0)), _connector='OR'), name='matching_resource_has_an_amount')],
            },
        ),
        migrations.CreateModel(
            name='ResourceUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('on_date', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('pledge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.pledge')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='matching.resource')),
            ],
            options={
                'indexes': [models.Index(fields=['pledge'], name='matching_use_pledge')],
                'constraints': [models.UniqueConstraint(fields=('resource', 'pledge'), name='matching_use_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='matching_use_is_something')],
            },
        ),
        migrations.CreateModel(
            name='MatchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('working', 'Being calculated'), ('done', 'Calculated'), ('stopped', 'Stopped on the way'), ('failed', 'Broke off')], default='working', max_length=10)),
                ('need_count', models.PositiveSmallIntegerField(default=0)),
                ('done_count', models.PositiveSmallIntegerField(default=0)),
                ('alone_count', models.PositiveSmallIntegerField(default=0)),
                ('met_count', models.PositiveSmallIntegerField(default=0)),
                ('is_proven', models.BooleanField(default=False)),
                ('result', models.JSONField(default=list)),
                ('seconds', models.FloatField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('is_stop_asked', models.BooleanField(default=False)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['territory', '-finished_at'], name='matching_run_territory')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'working')), fields=('territory',), name='matching_run_one_at_work')],
            },
        ),
        migrations.CreateModel(
            name='PieceCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('piece', models.CharField(max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('need', 'organization'), name='matching_piece_call_once')],
            },
        ),
    ]
