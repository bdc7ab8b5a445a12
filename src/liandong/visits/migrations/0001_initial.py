import django.db.models.deletion
import liandong.visits.models
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
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visited_name', models.CharField(blank=True, max_length=50)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('number', models.CharField(default=liandong.visits.models.new_visit_number, editable=False, max_length=12, unique=True)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('done', 'Visited'), ('cancelled', 'Called off')], default='planned', max_length=10)),
                ('planned_date', models.DateField()),
                ('visited_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
                ('visited_organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('visited_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
        ),
        migrations.CreateModel(
            name='VisitNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('words', models.TextField(max_length=5000)),
                ('present', models.CharField(blank=True, max_length=200)),
                ('written_at', models.DateTimeField()),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='visits.visit')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('visit', 'version'), name='visits_note_version')],
            },
        ),
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visitors', to='visits.visit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('visit', 'person'), name='visits_visitor_once')],
            },
        ),
        migrations.CreateModel(
            name='VisitPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visited_name', models.CharField(blank=True, max_length=50)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('every_weeks', models.PositiveSmallIntegerField()),
                ('from_date', models.DateField()),
                ('to_date', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
                ('visited_organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('visited_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['host', 'to_date'], name='visits_plan_host')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('visited_name', ''), ('visited_organization__isnull', False), ('visited_person__isnull', True)), models.Q(('visited_name', ''), ('visited_organization__isnull', True), ('visited_person__isnull', False)), models.Q(('visited_organization__isnull', True), ('visited_person__isnull', True), models.Q(('visited_name', ''), _negated=True)), _connector='OR'), name='visits_plan_whom'), models.CheckConstraint(condition=models.Q(('every_weeks__gte', 1), ('every_weeks__lte', 104)), name='visits_plan_weeks'), models.UniqueConstraint(condition=models.Q(('to_date__isnull', True), ('visited_organization__isnull', False)), fields=('host', 'visited_organization'), name='visits_plan_one_of_a_body'), models.UniqueConstraint(condition=models.Q(('to_date__isnull', True), ('visited_person__isnull', False)), fields=('host', 'visited_person'), name='visits_plan_one_of_a_person')],
            },
        ),
        migrations.AddField(
            model_name='visit',
            name='plan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='visits.visitplan'),
        ),
        migrations.CreateModel(
            name='VisitSentence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('words', models.TextField()),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sentences', to='visits.visitnote')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('note', 'start'), name='visits_sentence_once'), models.UniqueConstraint(fields=('need',), name='visits_sentence_of_a_need'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='visits_sentence_span')],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=300)),
                ('due_date', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='visits.visit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['due_date'], name='visits_follow_up_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='visits_follow_up_has_words')],
            },
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['host', 'state', 'planned_date'], name='visits_visit_host'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['visited_organization', '-visited_on'], name='visits_visit_body'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['visited_person', '-visited_on'], name='visits_visit_person'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['territory', 'state'], name='visits_visit_territory'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('visited_name', ''), ('visited_organization__isnull', False), ('visited_person__isnull', True)), models.Q(('visited_name', ''), ('visited_organization__isnull', True), ('visited_person__isnull', False)), models.Q(('visited_organization__isnull', True), ('visited_person__isnull', True), models.Q(('visited_name', ''), _negated=True)), _connector='OR'), name='visits_visit_whom'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('visited_on__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('visited_on__isnull', True)), _connector='OR'), name='visits_visit_done_has_day'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancel_reason', ''), _negated=True), _connector='OR'), name='visits_visit_cancelled_has_reason'),
        ),
    ]
