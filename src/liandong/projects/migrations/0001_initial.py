import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import liandong.projects.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('needs', '0001_initial'),
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.projects.models.new_project_number, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('goal', models.TextField(blank=True)),
                ('category', models.CharField(choices=[('elders', 'Elders and disability'), ('children', 'Children and family'), ('outdoor', 'Outdoor workers'), ('staff', 'Enterprise staff'), ('culture', 'Environment and culture'), ('order', 'Neighbourhood and safety'), ('health', 'Health'), ('jobs', 'Work and skills'), ('other', 'Other')], default='other', max_length=12)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Waiting for approval'), ('running', 'Running'), ('done', 'Finished'), ('cancelled', 'Cancelled')], default='draft', max_length=10)),
                ('budget_fen', models.BigIntegerField(default=0)),
                ('spent_fen', models.BigIntegerField(default=0)),
                ('starts_date', models.DateField(blank=True, null=True)),
                ('ends_date', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('closing_words', models.TextField(blank=True)),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-created_at'], name='projects_project_state'), models.Index(fields=['lead', 'state'], name='projects_project_lead'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='projects_project_search')],
                'constraints': [models.CheckConstraint(condition=models.Q(('budget_fen__gte', 0), ('spent_fen__gte', 0)), name='projects_project_money'), models.CheckConstraint(condition=models.Q(('ends_date__isnull', True), ('starts_date__isnull', True), ('ends_date__gte', models.F('starts_date')), _connector='OR'), name='projects_project_dates')],
            },
        ),
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('place', 'Place'), ('plan', 'Plan'), ('hours', 'Hours'), ('money', 'Money'), ('goods', 'Goods')], max_length=10)),
                ('words', models.CharField(max_length=200)),
                ('quantity', models.PositiveIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('proposed', 'Not yet agreed'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('kept', 'Kept'), ('broken', 'Not kept')], default='proposed', max_length=10)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pledges', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'state'], name='projects_pledge_organization')],
                'constraints': [models.UniqueConstraint(fields=('project', 'organization', 'kind'), name='projects_pledge_once')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('due_date', models.DateField()),
                ('done_date', models.DateField(blank=True, null=True)),
                ('proof', models.CharField(blank=True, max_length=200)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_date__isnull', True)), fields=['due_date'], name='projects_milestone_due')],
            },
        ),
        migrations.CreateModel(
            name='ProjectNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='need_links', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['need'], name='projects_project_need_need')],
                'constraints': [models.UniqueConstraint(fields=('project', 'need'), name='projects_project_need_once')],
            },
        ),
    ]
