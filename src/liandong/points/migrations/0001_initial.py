import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('organizations', '0002_staff_count'),
    ]

    operations = [
        migrations.CreateModel(
            name='PointsDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_on', models.DateField(unique=True)),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('transfer_count', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PointsAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issue', 'Issued for service'), ('person', "A person's points"), ('pool', 'To give to those in need'), ('till', 'Taken in for rewards'), ('written_off', 'Written off')], max_length=12)),
                ('balance', models.BigIntegerField(default=0)),
                ('pending', models.BigIntegerField(default=0)),
                ('floor', models.BigIntegerField(blank=True, default=0, null=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('floor__isnull', True), ('balance__gte', django.db.models.expressions.CombinedExpression(models.F('floor'), '+', models.F('pending'))), _connector='OR'), name='points_account_floor'), models.CheckConstraint(condition=models.Q(('pending__gte', 0)), name='points_account_pending'), models.UniqueConstraint(condition=models.Q(('kind', 'person'), _negated=True), fields=('kind', 'organization'), name='points_account_of_body', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'person'), ('organization__isnull', True), ('person__isnull', False)), models.Q(models.Q(('kind', 'person'), _negated=True), ('person__isnull', True)), _connector='OR'), name='points_account_owner')],
            },
        ),
        migrations.CreateModel(
            name='PointsRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('points_per_hour', models.PositiveIntegerField(default=2)),
                ('by_category', models.JSONField(blank=True, default=dict)),
                ('by_place', models.JSONField(blank=True, default=dict)),
                ('night_percent', models.PositiveSmallIntegerField(default=100)),
                ('activity_cap_minutes', models.PositiveIntegerField(default=480)),
                ('day_cap_points', models.PositiveIntegerField(blank=True, null=True)),
                ('month_cap_points', models.PositiveIntegerField(blank=True, null=True)),
                ('expiry_months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('starter_points', models.PositiveIntegerField(default=0)),
                ('gift_month_limit', models.PositiveIntegerField(blank=True, null=True)),
                ('pool_alone_limit', models.PositiveIntegerField(default=50)),
                ('pair_limit', models.PositiveIntegerField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=200)),
                ('from_date', models.DateField()),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('approved_by__isnull', True), models.Q(('proposed_by', models.F('approved_by')), _negated=True), _connector='OR'), name='points_rule_two_persons'), models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='points_rule_one_end'), models.CheckConstraint(condition=models.Q(('night_percent__gte', 100), ('night_percent__lte', 500)), name='points_rule_night')],
            },
        ),
        migrations.CreateModel(
            name='PointsTransfer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('award', 'For service'), ('correction', 'Correction'), ('spend', 'Exchanged'), ('refund', 'Given back'), ('gift', 'Given'), ('pool', 'From the caring pool'), ('starter', 'Welcome points'), ('expiry', 'Passed on to the caring pool'), ('clearing', 'Settled between bodies'), ('merge', 'From an entry joined to this one')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('made_by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('on_date', models.DateField(blank=True, null=True)),
                ('capped', models.PositiveIntegerField(default=0)),
                ('refund_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='points.pointstransfer')),
                ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointsrule')),
            ],
            options={
                'indexes': [models.Index(fields=['made_at', 'id'], name='points_transfer_made')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind', 'refund'), ('refund_of__isnull', True), _connector='OR'), name='points_transfer_refund')],
            },
        ),
        migrations.CreateModel(
            name='PointsReservation',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('award', 'For service'), ('correction', 'Correction'), ('spend', 'Exchanged'), ('refund', 'Given back'), ('gift', 'Given'), ('pool', 'From the caring pool'), ('starter', 'Welcome points'), ('expiry', 'Passed on to the caring pool'), ('clearing', 'Settled between bodies'), ('merge', 'From an entry joined to this one')], max_length=12)),
                ('amount', models.BigIntegerField()),
                ('words', models.CharField(blank=True, max_length=200)),
                ('until_at', models.DateTimeField(blank=True, null=True)),
                ('at_end', models.CharField(choices=[('released', 'Release'), ('completed', 'Complete')], default='released', max_length=10)),
                ('state', models.CharField(choices=[('pending', 'Kept back'), ('completed', 'Done'), ('released', 'Released')], default='pending', max_length=10)),
                ('made_by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=80)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointsaccount')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointsaccount')),
                ('transfer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointstransfer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['until_at'], name='points_reservation_until'), models.Index(fields=['source', 'state'], name='points_reservation_source')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='points_reservation_amount'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='points_reservation_sides'), models.CheckConstraint(condition=models.Q(('state', 'pending'), ('ended_at__isnull', False), _connector='OR'), name='points_reservation_ended'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'completed'), ('transfer__isnull', False)), models.Q(models.Q(('state', 'completed'), _negated=True), ('transfer__isnull', True)), _connector='OR'), name='points_reservation_completed')],
            },
        ),
        migrations.CreateModel(
            name='PointsEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('digest', models.BinaryField(default=b'')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='points.pointsaccount')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='points.pointstransfer')),
            ],
            options={
                'verbose_name_plural': 'points entries',
                'indexes': [models.Index(fields=['account', '-id'], name='points_entry_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='points_entry_moves'), models.UniqueConstraint(fields=('transfer', 'account'), name='points_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='ClearingRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_on', models.DateField(unique=True)),
                ('made_at', models.DateTimeField()),
                ('transfer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointstransfer')),
            ],
        ),
        migrations.CreateModel(
            name='PoolGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200)),
                ('needs_second', models.BooleanField()),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('reservation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='grant', to='points.pointsreservation')),
            ],
            options={
                'indexes': [models.Index(fields=['organization'], name='points_grant_body')],
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='points_grant_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('proposed_by__isnull', True), models.Q(('proposed_by', models.F('person')), _negated=True), _connector='OR'), models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('person')), _negated=True), _connector='OR')), name='points_grant_not_to_oneself'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='points_grant_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='ClearingPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('redeemed_elsewhere', models.PositiveBigIntegerField()),
                ('taken_in', models.PositiveBigIntegerField()),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='points.clearingrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'organization'), name='points_clearing_position_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='ClearingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.PositiveBigIntegerField()),
                ('due_on', models.DateField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('creditor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('debtor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='points.clearingrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='points_clearing_line_amount'), models.CheckConstraint(condition=models.Q(('debtor__isnull', True), ('creditor__isnull', True), models.Q(('debtor', models.F('creditor')), _negated=True), _connector='OR'), name='points_clearing_line_two')],
            },
        ),
        migrations.CreateModel(
            name='FamilyTie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('confirmed', 'Confirmed by both'), ('ended', 'Ended')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('relative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['relative', 'state'], name='points_family_relative')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('person', 'relative'), name='points_family_once'), models.CheckConstraint(condition=models.Q(('person', models.F('relative')), _negated=True), name='points_family_two')],
            },
        ),
    ]
