import django.db.models.deletion
import liandong.recognition.models.certificates
import liandong.recognition.models.records
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_pinyin_order'),
        ('activities', '0006_shift_booking'),
        ('organizations', '0002_staff_count'),
        ('points', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=liandong.recognition.models.certificates.new_certificate_code, editable=False, max_length=14, unique=True)),
                ('from_date', models.DateField(blank=True, null=True)),
                ('to_date', models.DateField(blank=True, null=True)),
                ('minutes', models.PositiveIntegerField()),
                ('record_count', models.PositiveIntegerField()),
                ('person_name', models.CharField(blank=True, max_length=50)),
                ('in_charge_name', models.CharField(blank=True, max_length=50)),
                ('handler_name', models.CharField(blank=True, max_length=50)),
                ('contact', models.CharField(blank=True, max_length=100)),
                ('state', models.CharField(choices=[('valid', 'Valid'), ('superseded', 'Replaced by a newer one'), ('revoked', 'Revoked')], default='valid', max_length=12)),
                ('state_reason', models.CharField(blank=True, max_length=200)),
                ('issued_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-issued_at'], name='recognition_certificate_person')],
            },
        ),
        migrations.CreateModel(
            name='ServiceRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.recognition.models.records.new_record_number, editable=False, max_length=12, unique=True)),
                ('activity_name', models.CharField(max_length=80)),
                ('service_date', models.DateField()),
                ('place', models.CharField(max_length=200)),
                ('content', models.CharField(max_length=200)),
                ('category', models.CharField(choices=[('elders', 'Elders and disability'), ('children', 'Children and family'), ('outdoor', 'Outdoor workers'), ('staff', 'Enterprise staff'), ('culture', 'Environment and culture'), ('order', 'Neighbourhood and safety'), ('health', 'Health'), ('jobs', 'Work and skills'), ('other', 'Other')], max_length=12)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('minutes', models.PositiveIntegerField()),
                ('organizer_name', models.CharField(max_length=100)),
                ('leader_name', models.CharField(blank=True, max_length=50)),
                ('method', models.CharField(max_length=30)),
                ('confirmed_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='recognition.servicerecord')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.position')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointsrule')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.shift')),
                ('sign_up', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.signup')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
                ('transfer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.pointstransfer')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-service_date'], name='recognition_record_person'), models.Index(fields=['organization', '-service_date'], name='recognition_record_org'), models.Index(fields=['service_date'], include=('minutes', 'person', 'territory'), name='recognition_record_date'), models.Index(fields=['activity'], name='recognition_record_activity')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('corrects__isnull', True)), fields=('sign_up',), name='recognition_record_once'), models.CheckConstraint(condition=models.Q(('corrects__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='recognition_record_correction_has_reason'), models.CheckConstraint(condition=models.Q(('minutes__lte', 1440)), name='recognition_record_minutes'), models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('starts_at'))), name='recognition_record_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='RecordAppeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('open', 'Being looked into'), ('corrected', 'Record corrected'), ('kept', 'Record stands')], default='open', max_length=10)),
                ('appealed_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='recognition.servicerecord')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['answer_due_at'], name='recognition_appeal_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('record',), name='recognition_appeal_one_open'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='recognition_appeal_has_words'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('answered_at__isnull', False), _connector='OR'), name='recognition_appeal_answered')],
            },
        ),
        migrations.CreateModel(
            name='CertificateLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='recognition.certificate')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificate_lines', to='recognition.servicerecord')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('certificate', 'record'), name='recognition_certificate_line_once')],
            },
        ),
    ]
