import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('activities', '0004_segment_and_ground'),
        ('organizations', '0002_staff_count'),
        ('projects', '0002_version_and_pledge_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='BeneficiaryList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people_count', models.PositiveIntegerField()),
                ('content', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('expires_date', models.DateField()),
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='activities.activity')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['expires_date'], name='overlap_list_expires'), models.Index(fields=['organization'], name='overlap_list_body')],
            },
        ),
        migrations.CreateModel(
            name='BeneficiaryDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_number', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to='overlap.beneficiarylist')),
            ],
            options={
                'indexes': [models.Index(fields=['digest'], name='overlap_digest')],
                'constraints': [models.UniqueConstraint(fields=('list', 'person_number', 'digest'), name='overlap_digest_once')],
            },
        ),
        migrations.CreateModel(
            name='CoHosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('proposed', 'Waiting for an answer'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('withdrawn', 'Taken back')], default='proposed', max_length=10)),
                ('hours_percent', models.PositiveSmallIntegerField()),
                ('people_percent', models.PositiveSmallIntegerField()),
                ('words', models.CharField(blank=True, max_length=300)),
                ('answer_words', models.CharField(blank=True, max_length=300)),
                ('proposed_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('twin', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
            ],
            options={
                'indexes': [models.Index(fields=['activity', 'state'], name='overlap_co_hosting_activity'), models.Index(fields=['partner', 'state'], name='overlap_co_hosting_partner'), models.Index(fields=['twin'], name='overlap_co_hosting_twin'), models.Index(fields=['state', 'answer_due_at'], name='overlap_co_hosting_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'agreed'])), fields=('activity', 'partner'), name='overlap_co_hosting_once'), models.CheckConstraint(condition=models.Q(('hours_percent__gte', 0), ('hours_percent__lte', 100), ('people_percent__gte', 0), ('people_percent__lte', 100)), name='overlap_co_hosting_percent')],
            },
        ),
        migrations.CreateModel(
            name='HostShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours_from', models.PositiveSmallIntegerField()),
                ('hours_to', models.PositiveSmallIntegerField()),
                ('people_from', models.PositiveSmallIntegerField()),
                ('people_to', models.PositiveSmallIntegerField()),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization'], name='overlap_share_organization')],
                'constraints': [models.UniqueConstraint(fields=('activity', 'organization'), name='overlap_share_once'), models.CheckConstraint(condition=models.Q(('hours_from__lte', models.F('hours_to')), ('hours_to__lte', 100), ('people_from__lte', models.F('people_to')), ('people_to__lte', 100)), name='overlap_share_stretch')],
            },
        ),
        migrations.CreateModel(
            name='OverlapDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pair', models.CharField(editable=False, max_length=60)),
                ('kind', models.CharField(choices=[('different', 'Not the same thing'), ('co_host', 'Proposed to do it together'), ('accepted', 'Known, both take place')], max_length=10)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('decided_at', models.DateTimeField()),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('other_activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('other_project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['pair', '-decided_at'], name='overlap_decision_pair')],
            },
        ),
        migrations.CreateModel(
            name='BeneficiaryChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-changed_at'], name='overlap_change_body')],
            },
        ),
    ]
