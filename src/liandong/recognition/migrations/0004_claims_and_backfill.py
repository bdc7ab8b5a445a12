import django.db.models.deletion
import liandong.recognition.models.claims
from django.db import migrations, models


TRIGGERS = """
create trigger append_only before update or delete on recognition_confirmationrule for each row execute function liandong_append_only();
create trigger no_truncate before truncate on recognition_confirmationrule for each statement execute function liandong_append_only();
"""
DROP = "drop trigger append_only on recognition_confirmationrule; drop trigger no_truncate on recognition_confirmationrule;"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_identity_documents'),
        ('activities', '0007_door_proofs'),
        ('organizations', '0003_calendar_day'),
        ('points', '0003_first_rule'),
        ('recognition', '0003_certificates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Outlier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(choices=[('same_phone', 'One phone for many people'), ('same_second', 'Everybody in the same second'), ('night_wave', 'Many back-filled at night'), ('many_hours', 'Far more hours than others'), ('ghost_crowd', 'A crowd without a trace'), ('one_confirmer', 'One person confirms very much'), ('never_seen', 'Never seen by a scan'), ('pair', 'Two who vouch for each other'), ('travel', 'In two places at once')], max_length=15)),
                ('weight', models.PositiveSmallIntegerField()),
                ('facts', models.JSONField(default=dict)),
                ('line_count', models.PositiveIntegerField()),
                ('minutes', models.PositiveIntegerField()),
                ('found_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'To look at'), ('accepted', 'Found to be right'), ('recheck', 'Asked to check again'), ('backfill', 'Sent to back-fill'), ('withdrawn', 'Hours withdrawn')], default='open', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='OutlierLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='ServiceClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.recognition.models.claims.new_claim_number, editable=False, max_length=10, unique=True)),
                ('relation', models.CharField(blank=True, max_length=40)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('words', models.CharField(max_length=300)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('photo', models.FileField(blank=True, upload_to='evidence/')),
                ('state', models.CharField(choices=[('open', 'Being looked into'), ('accepted', 'Waits for a second person'), ('recorded', 'Recorded'), ('refused', 'Refused'), ('withdrawn', 'Taken back')], default='open', max_length=10)),
                ('claimed_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('appeal_words', models.CharField(blank=True, max_length=300)),
                ('escalated_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='recordappeal',
            name='escalated_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='recordappeal',
            name='state',
            field=models.CharField(choices=[('open', 'Being looked into'), ('corrected', 'Record corrected'), ('kept', 'Record stands'), ('withdrawn', 'Taken back')], default='open', max_length=10),
        ),
        migrations.CreateModel(
            name='Backfill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.recognition.models.claims.new_backfill_number, editable=False, max_length=10, unique=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('minutes', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('evidence', models.CharField(max_length=300)),
                ('photo', models.FileField(blank=True, upload_to='evidence/')),
                ('state', models.CharField(choices=[('waiting', 'Waits for a second person'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Taken back')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision', models.CharField(blank=True, max_length=300)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('record', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lengthened_by', to='recognition.servicerecord')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.shift')),
            ],
        ),
        migrations.AddField(
            model_name='servicerecord',
            name='backfill',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='recognition.backfill'),
        ),
        migrations.CreateModel(
            name='ConfirmationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('is_on', models.BooleanField(default=True)),
                ('min_confidence', models.PositiveSmallIntegerField()),
                ('max_minutes', models.PositiveSmallIntegerField()),
                ('min_records', models.PositiveSmallIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
        ),
        migrations.AddField(
            model_name='servicerecord',
            name='confirmed_under',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.confirmationrule'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_under__isnull', True), models.Q(('backfill__isnull', True), ('confirmed_by__isnull', True)), _connector='OR'), name='recognition_record_by_rule_or_person'),
        ),
        migrations.AddField(
            model_name='outlier',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='outlier',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddField(
            model_name='outlier',
            name='other',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='outlier',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='outlier',
            name='shift',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.shift'),
        ),
        migrations.AddField(
            model_name='outlierline',
            name='outlier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='recognition.outlier'),
        ),
        migrations.AddField(
            model_name='outlierline',
            name='sign_up',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.signup'),
        ),
        migrations.AddField(
            model_name='serviceclaim',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='serviceclaim',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='serviceclaim',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddField(
            model_name='serviceclaim',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='serviceclaim',
            name='shift',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.shift'),
        ),
        migrations.AddField(
            model_name='backfill',
            name='claim',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='backfills', to='recognition.serviceclaim'),
        ),
        migrations.AddConstraint(
            model_name='confirmationrule',
            constraint=models.UniqueConstraint(fields=('version',), name='recognition_rule_version'),
        ),
        migrations.AddConstraint(
            model_name='confirmationrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('organization__isnull', False), ('territory__isnull', True)), models.Q(('organization__isnull', True), ('territory__isnull', False)), _connector='OR'), name='recognition_rule_where'),
        ),
        migrations.AddConstraint(
            model_name='confirmationrule',
            constraint=models.CheckConstraint(condition=models.Q(('max_minutes__gte', 30), ('max_minutes__lte', 720), ('min_confidence__gte', 50), ('min_confidence__lte', 99)), name='recognition_rule_bounds'),
        ),
        migrations.AddConstraint(
            model_name='confirmationrule',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='recognition_rule_reason'),
        ),
        migrations.AddIndex(
            model_name='outlier',
            index=models.Index(fields=['organization', '-weight'], name='recognition_outlier_org'),
        ),
        migrations.AddIndex(
            model_name='outlier',
            index=models.Index(condition=models.Q(('state__in', ['open', 'recheck', 'backfill'])), fields=['-weight', '-id'], name='recognition_outlier_open'),
        ),
        migrations.AddConstraint(
            model_name='outlier',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='recognition_outlier_decided_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='outlier',
            constraint=models.CheckConstraint(condition=models.Q(('weight__lte', 100)), name='recognition_outlier_weight'),
        ),
        migrations.AddConstraint(
            model_name='outlierline',
            constraint=models.UniqueConstraint(fields=('outlier', 'sign_up'), name='recognition_outlier_line_once'),
        ),
        migrations.AddIndex(
            model_name='serviceclaim',
            index=models.Index(fields=['person', '-claimed_at'], name='recognition_claim_person'),
        ),
        migrations.AddIndex(
            model_name='serviceclaim',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['organization', 'answer_due_at'], name='recognition_claim_due'),
        ),
        migrations.AddConstraint(
            model_name='serviceclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'accepted'])), fields=('person', 'shift'), name='recognition_claim_one_open'),
        ),
        migrations.AddConstraint(
            model_name='serviceclaim',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='recognition_claim_has_words'),
        ),
        migrations.AddConstraint(
            model_name='serviceclaim',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='recognition_claim_span'),
        ),
        migrations.AddConstraint(
            model_name='serviceclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='recognition_claim_refusal_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='serviceclaim',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('person')), _negated=True), _connector='OR'), name='recognition_claim_not_own'),
        ),
        migrations.AddIndex(
            model_name='backfill',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['organization', 'created_at'], name='recognition_backfill_waiting'),
        ),
        migrations.AddIndex(
            model_name='backfill',
            index=models.Index(fields=['created_by', 'created_at'], name='recognition_backfill_by'),
        ),
        migrations.AddConstraint(
            model_name='backfill',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('person', 'shift'), name='recognition_backfill_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='backfill',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('evidence', ''), _negated=True)), name='recognition_backfill_reason_evidence'),
        ),
        migrations.AddConstraint(
            model_name='backfill',
            constraint=models.CheckConstraint(condition=models.Q(('created_by', models.F('person')), _negated=True), name='recognition_backfill_not_by_beneficiary'),
        ),
        migrations.AddConstraint(
            model_name='backfill',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='recognition_backfill_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='backfill',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(models.Q(('decided_by', models.F('created_by')), _negated=True), models.Q(('decided_by', models.F('person')), _negated=True)), _connector='OR'), name='recognition_backfill_second_person'),
        ),
        migrations.AddConstraint(
            model_name='backfill',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at')), ('minutes__gte', 1), ('minutes__lte', 1440)), name='recognition_backfill_span'),
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
