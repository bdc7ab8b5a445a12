import django.db.models.deletion
import liandong.surveys.models
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
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.surveys.models.new_survey_number, editable=False, max_length=12, unique=True)),
                ('title', models.CharField(max_length=80)),
                ('intro', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('closed', 'Closed')], default='draft', max_length=8)),
                ('opens_date', models.DateField(blank=True, null=True)),
                ('closes_date', models.DateField(blank=True, null=True)),
                ('is_anonymous', models.BooleanField(default=True)),
                ('definition', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('collect_total', models.PositiveIntegerField(default=0)),
                ('collect_done', models.PositiveIntegerField(default=0)),
                ('collect_public', models.BooleanField(default=True)),
                ('collect_started_at', models.DateTimeField(blank=True, null=True)),
                ('collect_finished_at', models.DateTimeField(blank=True, null=True)),
                ('collect_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-created_at'], name='surveys_survey_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='surveys_survey_has_title'), models.CheckConstraint(condition=models.Q(('opens_date__isnull', True), ('closes_date__isnull', True), ('opens_date__lte', models.F('closes_date')), _connector='OR'), name='surveys_survey_dates')],
            },
        ),
        migrations.CreateModel(
            name='SurveyResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('definition_version', models.PositiveIntegerField(default=1)),
                ('answers', models.JSONField(default=dict)),
                ('segment', models.CharField(blank=True, choices=[('elders', 'Older people'), ('staff', 'Employees'), ('parents', 'Parents'), ('outdoor', 'Outdoor workers'), ('shops', 'Shopkeepers'), ('youth', 'Young people'), ('disabled', 'People with disabilities'), ('small_firm', 'Small firms'), ('medium_firm', 'Medium firms'), ('large_firm', 'Large firms')], max_length=12)),
                ('channel', models.CharField(choices=[('link', 'Link'), ('paper', 'Paper'), ('proxy', 'Asked in person')], default='link', max_length=8)),
                ('paper_number', models.PositiveIntegerField(blank=True, null=True)),
                ('asked_name', models.CharField(blank=True, max_length=50)),
                ('has_consent', models.BooleanField(default=False)),
                ('answered_at', models.DateTimeField()),
                ('is_late', models.BooleanField(default=False)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('respondent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='surveys.survey')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['survey', 'answered_at'], name='surveys_response_survey')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('paper_number__isnull', False)), fields=('survey', 'paper_number'), name='surveys_response_paper_number'), models.CheckConstraint(condition=models.Q(models.Q(('channel', 'paper'), ('paper_number__isnull', False)), models.Q(models.Q(('channel', 'paper'), _negated=True), ('paper_number__isnull', True)), _connector='OR'), name='surveys_response_paper'), models.CheckConstraint(condition=models.Q(models.Q(('channel', 'proxy'), _negated=True), ('has_consent', True), _connector='OR'), name='surveys_response_consent')],
            },
        ),
        migrations.CreateModel(
            name='SurveySentence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=60)),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('words', models.TextField()),
                ('collected_at', models.DateTimeField()),
                ('collected_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sentences', to='surveys.surveyresponse')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('response', 'question', 'start'), name='surveys_sentence_once'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='surveys_sentence_range')],
            },
        ),
        migrations.CreateModel(
            name='SurveyTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.CharField(choices=[('elders', 'Older people'), ('staff', 'Employees'), ('parents', 'Parents'), ('outdoor', 'Outdoor workers'), ('shops', 'Shopkeepers'), ('youth', 'Young people'), ('disabled', 'People with disabilities'), ('small_firm', 'Small firms'), ('medium_firm', 'Medium firms'), ('large_firm', 'Large firms')], max_length=12)),
                ('wanted_count', models.PositiveIntegerField(default=0)),
                ('population_count', models.PositiveIntegerField(blank=True, null=True)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='surveys.survey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('survey', 'segment'), name='surveys_target_once')],
            },
        ),
    ]
