import django.db.models.deletion
import liandong.honours.models.awards
import liandong.honours.models.honours
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('activities', '0001_initial'),
        ('needs', '0001_initial'),
        ('organizations', '0001_initial'),
        ('volunteers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PressureTicket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('half_year', models.CharField(max_length=6)),
            ],
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60)),
                ('whom_for', models.CharField(choices=[('person', 'Volunteers'), ('team', 'Teams'), ('organization', 'Organisations')], max_length=12)),
                ('places', models.PositiveSmallIntegerField()),
                ('criteria', models.TextField(max_length=2000)),
                ('from_date', models.DateField()),
                ('to_date', models.DateField()),
                ('nominate_until_date', models.DateField()),
                ('notice_days', models.PositiveSmallIntegerField(default=7)),
                ('state', models.CharField(choices=[('open', 'Open for nominations'), ('review', 'Being reviewed'), ('notice', 'On public notice'), ('granted', 'Granted'), ('cancelled', 'Called off')], default='open', max_length=10)),
                ('notice_from_at', models.DateTimeField(blank=True, null=True)),
                ('notice_until_at', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['territory', 'state'], name='honours_award_territory')],
                'constraints': [models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='honours_award_places'), models.CheckConstraint(condition=models.Q(('notice_days__gte', 7)), name='honours_award_notice_days'), models.CheckConstraint(condition=models.Q(('to_date__gte', models.F('from_date'))), name='honours_award_period'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), ('asked_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='honours_award_two_people')],
            },
        ),
        migrations.CreateModel(
            name='Nomination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.honours.models.awards.new_nomination_number, editable=False, max_length=12, unique=True)),
                ('words', models.TextField(max_length=1000)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('endorsed', 'Endorsed'), ('chosen', 'On the list'), ('honoured', 'Honoured'), ('not_chosen', 'Not this time'), ('declined', 'Does not want it'), ('withdrawn', 'Taken back')], default='proposed', max_length=12)),
                ('minutes', models.PositiveIntegerField(default=0)),
                ('record_count', models.PositiveIntegerField(default=0)),
                ('proposed_at', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('endorsement', models.CharField(blank=True, max_length=300)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to='honours.award')),
                ('endorsed_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('proposed_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='volunteers.team')),
            ],
            options={
                'indexes': [models.Index(fields=['award', 'state'], name='honours_nomination_award'), models.Index(fields=['person'], name='honours_nomination_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organization__isnull', True), ('person__isnull', False), ('team__isnull', True)), models.Q(('organization__isnull', True), ('person__isnull', True), ('team__isnull', False)), models.Q(('organization__isnull', False), ('person__isnull', True), ('team__isnull', True)), _connector='OR'), name='honours_nomination_whom'), models.UniqueConstraint(condition=models.Q(('state__in', ['withdrawn', 'declined']), _negated=True), fields=('award', 'person', 'team', 'organization'), name='honours_nomination_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('agreed_by__isnull', True), ('proposed_by__isnull', True), models.Q(('agreed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='honours_nomination_endorsed_by_another')],
            },
        ),
        migrations.CreateModel(
            name='Honour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=liandong.honours.models.honours.new_honour_code, editable=False, max_length=14, unique=True)),
                ('title', models.CharField(max_length=60)),
                ('words', models.TextField(max_length=1000)),
                ('evidence', models.JSONField(default=dict)),
                ('granted_on', models.DateField()),
                ('state', models.CharField(choices=[('valid', 'Valid'), ('withdrawn', 'Withdrawn')], default='valid', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='honours', to='honours.award')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='volunteers.team')),
                ('nomination', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='honour', to='honours.nomination')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-granted_on'], name='honours_honour_person'), models.Index(fields=['-granted_on', '-id'], name='honours_honour_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organization__isnull', True), ('person__isnull', False), ('team__isnull', True)), models.Q(('organization__isnull', True), ('person__isnull', True), ('team__isnull', False)), models.Q(('organization__isnull', False), ('person__isnull', True), ('team__isnull', True)), _connector='OR'), name='honours_honour_whom'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('ended_at__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('asked_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR')), _connector='OR'), name='honours_honour_withdrawn_by_two')],
            },
        ),
        migrations.CreateModel(
            name='AwardObjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=500)),
                ('raised_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'To be answered'), ('upheld', 'Taken off the list'), ('dismissed', 'Stays on the list')], default='open', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='honours.nomination')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('nomination', 'raised_by'), name='honours_award_objection_once'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='honours_award_objection_has_words'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('answered_at__isnull', False), _connector='OR'), name='honours_award_objection_answered')],
            },
        ),
        migrations.CreateModel(
            name='NominationEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('need', 'A need that was served'), ('thanks', 'Thanks'), ('file', 'A file'), ('words', 'Something else')], max_length=8)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('file', models.FileField(blank=True, upload_to='honours/')),
                ('added_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='honours.nomination')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), ('need__isnull', False), models.Q(('file', ''), _negated=True), _connector='OR'), name='honours_evidence_says_something')],
            },
        ),
        migrations.CreateModel(
            name='NominationReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('is_too_close', models.BooleanField(default=False)),
                ('reviewed_at', models.DateTimeField()),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='honours.nomination')),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('nomination', 'reviewed_by'), name='honours_review_once'), models.CheckConstraint(condition=models.Q(models.Q(('is_too_close', True), ('score__isnull', True)), models.Q(('is_too_close', False), ('score__gte', 1), ('score__lte', 10)), _connector='OR'), name='honours_review_score')],
            },
        ),
        migrations.CreateModel(
            name='PressureAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('half_year', models.CharField(max_length=6)),
                ('was_pressed', models.BooleanField()),
                ('source', models.CharField(blank=True, choices=[('', 'Nobody'), ('employer', 'My employer'), ('school', 'A school'), ('community', 'The community'), ('team', 'My team or an organisation'), ('other', 'Somebody else')], default='', max_length=10)),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['half_year', 'territory'], name='honours_pressure_half')],
            },
        ),
        migrations.CreateModel(
            name='StarRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('star_hours', models.JSONField(default=list)),
                ('star_names', models.JSONField(blank=True, default=list)),
                ('medal_hours', models.JSONField(blank=True, default=list)),
                ('medal_names', models.JSONField(blank=True, default=list)),
                ('quality', models.CharField(blank=True, choices=[('', 'Hours alone'), ('show_up', 'Came when they had said yes'), ('rated', 'Evaluated as good or better')], default='', max_length=10)),
                ('quality_percent', models.PositiveSmallIntegerField(default=0)),
                ('source', models.CharField(max_length=200)),
                ('from_date', models.DateField()),
                ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('agreed', 'Agreed'), ('refused', 'Not agreed')], default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('territory', 'version'), name='honours_star_rule_version', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='honours_star_rule_has_source'), models.CheckConstraint(condition=models.Q(('quality_percent__lte', 100)), name='honours_star_rule_percent'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='honours_star_rule_two_people')],
            },
        ),
        migrations.CreateModel(
            name='StarGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('needed_minutes', models.PositiveIntegerField()),
                ('minutes', models.PositiveIntegerField()),
                ('granted_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('withdraws', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='honours.stargrant')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='honours.starrule')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'level'], name='honours_star_grant_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__gte', 1)), name='honours_star_grant_level'), models.CheckConstraint(condition=models.Q(models.Q(('minutes__gte', models.F('needed_minutes')), ('reason', ''), ('withdraws__isnull', True)), models.Q(('minutes__lt', models.F('needed_minutes')), ('withdraws__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='honours_star_grant_or_withdrawal')],
            },
        ),
        migrations.CreateModel(
            name='ThanksNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('writer_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('words', models.CharField(max_length=300)),
                ('is_for_wall', models.BooleanField(default=False)),
                ('written_on', models.DateField()),
                ('state', models.CharField(choices=[('waiting', 'On its way'), ('flagged', 'To be read first'), ('relayed', 'Passed on'), ('refused', 'Not passed on')], default='waiting', max_length=10)),
                ('flags', models.JSONField(blank=True, default=list)),
                ('relayed_on', models.DateField(blank=True, null=True)),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'written_on'], name='honours_thanks_state'), models.Index(fields=['activity'], name='honours_thanks_activity')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('activity__isnull', False), ('need__isnull', True)), models.Q(('activity__isnull', True), ('need__isnull', False)), _connector='OR'), name='honours_thanks_for_one'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='honours_thanks_has_words')],
            },
        ),
        migrations.CreateModel(
            name='ThanksReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shows_activity', models.BooleanField()),
                ('state', models.CharField(choices=[('shown', 'Shown'), ('reported', 'Reported')], default='shown', max_length=10)),
                ('reached_on', models.DateField()),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='honours.thanksnote')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-reached_on'], name='honours_thanks_receipt_person')],
                'constraints': [models.UniqueConstraint(fields=('note', 'person'), name='honours_thanks_receipt_once')],
            },
        ),
        migrations.CreateModel(
            name='WallEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_form', models.CharField(choices=[('full', 'Full name'), ('masked', 'Masked name'), ('nickname', 'Nickname')], default='masked', max_length=10)),
                ('nickname', models.CharField(blank=True, max_length=20)),
                ('agreed_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wall_entries', to='honours.stargrant')),
                ('honour', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wall_entries', to='honours.honour')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'verbose_name_plural': 'wall entries',
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['-agreed_at'], name='honours_wall_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('grant__isnull', True), ('honour__isnull', False)), models.Q(('grant__isnull', False), ('honour__isnull', True)), _connector='OR'), name='honours_wall_one_thing'), models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('honour',), name='honours_wall_honour_once'), models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('grant',), name='honours_wall_grant_once'), models.CheckConstraint(condition=models.Q(models.Q(('name_form', 'nickname'), _negated=True), models.Q(('nickname', ''), _negated=True), _connector='OR'), name='honours_wall_nickname')],
            },
        ),
    ]
