import django.db.models.deletion
import liandong.themes.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('needs', '0006_wishes'),
        ('organizations', '0002_staff_count'),
    ]

    operations = [
        migrations.CreateModel(
            name='MiningRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('working', 'Working'), ('done', 'Finished'), ('failed', 'Failed')], default='working', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('beat_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('share', models.FloatField(default=0)),
                ('seconds', models.FloatField(default=0)),
                ('need_count', models.PositiveIntegerField(default=0)),
                ('theme_count', models.PositiveIntegerField(default=0)),
                ('loose_count', models.PositiveIntegerField(default=0)),
                ('found_count', models.PositiveIntegerField(default=0)),
                ('ended_count', models.PositiveIntegerField(default=0)),
                ('failure', models.CharField(blank=True, max_length=80)),
                ('index', models.BinaryField(null=True)),
                ('index_themes', models.JSONField(default=list, editable=False)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-id'], name='themes_run_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'working')), fields=('state',), name='themes_one_run_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='SegmentPopulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.CharField(choices=[('elders', 'Older people'), ('staff', 'Employees'), ('parents', 'Parents'), ('outdoor', 'Outdoor workers'), ('shops', 'Shopkeepers'), ('youth', 'Young people'), ('disabled', 'People with disabilities'), ('small_firm', 'Small firms'), ('medium_firm', 'Medium firms'), ('large_firm', 'Large firms')], max_length=12)),
                ('people', models.PositiveIntegerField()),
                ('source', models.CharField(blank=True, max_length=80)),
                ('as_of_date', models.DateField()),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('territory', 'segment'), name='themes_population_once')],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.themes.models.new_theme_number, editable=False, max_length=12, unique=True)),
                ('label', models.CharField(max_length=80)),
                ('label_by', models.CharField(choices=[('person', 'A person'), ('machine', 'The calculation')], default='machine', max_length=8)),
                ('phrases', models.JSONField(default=list)),
                ('stability', models.FloatField(default=1)),
                ('state', models.CharField(choices=[('active', 'Active'), ('merged', 'Joined with another'), ('ended', 'Ended')], default='active', max_length=8)),
                ('is_locked', models.BooleanField(default=False)),
                ('first_seen_at', models.DateTimeField()),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='themes.theme')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='themes.miningrun')),
                ('split_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='themes.theme')),
            ],
            options={
                'indexes': [models.Index(fields=['state'], name='themes_theme_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', False), _connector='OR'), name='themes_theme_merged_somewhere'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='themes_theme_has_label')],
            },
        ),
        migrations.CreateModel(
            name='ServicePackage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.CharField(choices=[('elders', 'Older people'), ('staff', 'Employees'), ('parents', 'Parents'), ('outdoor', 'Outdoor workers'), ('shops', 'Shopkeepers'), ('youth', 'Young people'), ('disabled', 'People with disabilities'), ('small_firm', 'Small firms'), ('medium_firm', 'Medium firms'), ('large_firm', 'Large firms')], max_length=12)),
                ('title', models.CharField(max_length=60)),
                ('summary', models.TextField(blank=True)),
                ('lines', models.JSONField(default=list)),
                ('is_active', models.BooleanField(default=True)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('top_then', models.JSONField(default=list, editable=False)),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
                ('themes', models.ManyToManyField(blank=True, related_name='+', to='themes.theme')),
            ],
            options={
                'indexes': [models.Index(fields=['territory', 'segment'], name='themes_package_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='themes_package_has_title')],
            },
        ),
        migrations.CreateModel(
            name='ThemeMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('degree', models.FloatField(default=1)),
                ('placed_by', models.CharField(choices=[('person', 'A person'), ('machine', 'The calculation')], default='machine', max_length=8)),
                ('placed_at', models.DateTimeField()),
                ('need', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='needs.need')),
                ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='themes.theme')),
            ],
            options={
                'indexes': [models.Index(fields=['theme', '-degree'], name='themes_member_theme')],
                'constraints': [models.CheckConstraint(condition=models.Q(('theme__isnull', False), ('placed_by', 'person'), _connector='OR'), name='themes_member_loose_by_person'), models.CheckConstraint(condition=models.Q(('degree__gte', 0), ('degree__lte', 1)), name='themes_member_degree')],
            },
        ),
        migrations.CreateModel(
            name='ThemeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('found', 'Found'), ('merged', 'Joined'), ('split', 'Split'), ('moved', 'Moved'), ('renamed', 'Renamed'), ('locked', 'Locked'), ('unlocked', 'Unlocked'), ('carried', 'Took over'), ('ended', 'Ended'), ('undone', 'Undone')], max_length=10)),
                ('at', models.DateTimeField()),
                ('need_count', models.PositiveIntegerField(default=0)),
                ('words', models.CharField(blank=True, max_length=80)),
                ('before', models.JSONField(default=dict, editable=False)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('other', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='themes.theme')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='themes.theme')),
            ],
            options={
                'indexes': [models.Index(fields=['theme', '-id'], name='themes_step_theme'), models.Index(fields=['other'], name='themes_step_other')],
            },
        ),
    ]
