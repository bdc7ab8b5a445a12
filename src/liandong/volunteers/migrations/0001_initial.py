import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=30, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('pinyin', models.CharField(editable=False, max_length=300)),
                ('state', models.CharField(choices=[('active', 'Active'), ('resting', 'Resting'), ('closed', 'Closed')], default='active', max_length=10)),
                ('intro', models.TextField(blank=True)),
                ('founded_on', models.DateField(blank=True, null=True)),
                ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['pinyin'], name='volunteers_team_pinyin', opclasses=['text_pattern_ops'])],
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='volunteers_team_name')],
            },
        ),
        migrations.CreateModel(
            name='TeamMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_date', models.DateField()),
                ('to_date', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='volunteers.team')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'to_date'], name='volunteers_membership_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('to_date__isnull', True)), fields=('team', 'person'), name='volunteers_team_membership_once')],
            },
        ),
        migrations.CreateModel(
            name='VolunteerProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Taking a break'), ('left', 'Left')], default='active', max_length=10)),
                ('political_status', models.CharField(blank=True, max_length=20)),
                ('availability', models.JSONField(blank=True, default=list)),
                ('availability_note', models.CharField(blank=True, max_length=100)),
                ('intro', models.CharField(blank=True, max_length=300)),
                ('brought_minutes', models.PositiveIntegerField(default=0)),
                ('brought_source', models.CharField(blank=True, max_length=200)),
                ('registered_on', models.DateField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('residence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
                ('skills', models.ManyToManyField(blank=True, related_name='+', to='volunteers.skill')),
            ],
            options={
                'indexes': [models.Index(fields=['residence', 'state'], name='volunteers_residence')],
            },
        ),
    ]
