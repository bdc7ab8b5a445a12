"""Signing keys, e-seals, requests that two people decide, links to show a certificate, batches."""

import django.db.models.deletion
import liandong.recognition.models.batches
import liandong.recognition.models.certificates
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_identity_documents'),
        ('organizations', '0003_calendar_day'),
        ('recognition', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='certificate',
            name='first_date',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='holder_number',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='certificate',
            name='id_shown',
            field=models.CharField(choices=[('none', 'No ID number'), ('masked', 'Masked: its first and last four characters'), ('full', 'The whole number')], default='none', max_length=8),
        ),
        migrations.AddField(
            model_name='certificate',
            name='last_date',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='signature',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.CreateModel(
            name='CertificateBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_date', models.DateField(blank=True, null=True)),
                ('to_date', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('working', 'Being made'), ('done', 'Done'), ('failed', 'Stopped by an error'), ('forgotten', 'File deleted')], default='working', max_length=10)),
                ('token', models.CharField(default=liandong.recognition.models.batches.new_batch_token, editable=False, max_length=16, unique=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('failure', models.CharField(blank=True, max_length=100)),
                ('asked_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'verbose_name_plural': 'certificate batches',
                'constraints': [models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='recognition_batch_done'), models.UniqueConstraint(condition=models.Q(('state', 'working')), fields=('organization',), name='recognition_batch_one_working')],
            },
        ),
        migrations.CreateModel(
            name='CertificateBatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('printed_at', models.DateTimeField(blank=True, null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='recognition.certificatebatch')),
                ('certificate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.certificate')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'person'), name='recognition_batch_once')],
            },
        ),
        migrations.CreateModel(
            name='CertificateShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=liandong.recognition.models.certificates.new_share_token, editable=False, max_length=24, unique=True)),
                ('shows', models.CharField(choices=[('hours', 'Hours only'), ('bodies', 'Hours and who recorded them'), ('list', 'Hours and every service')], default='hours', max_length=8)),
                ('shows_name', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=60)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('opened', models.PositiveIntegerField(default=0)),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='recognition.certificate')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='recognition_share_expires_later')],
            },
        ),
        migrations.CreateModel(
            name='RegisteredSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=60)),
                ('authority', models.CharField(max_length=100)),
                ('chain', models.TextField(blank=True)),
                ('expires_on', models.DateField(blank=True, null=True)),
                ('picture', models.BinaryField()),
                ('digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('active', 'In use'), ('retired', 'No longer used'), ('refused', 'Not approved')], default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('organization',), name='recognition_seal_one_active'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('organization',), name='recognition_seal_one_proposed'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('proposed_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='recognition_seal_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('authority', ''), _negated=True)), name='recognition_seal_registered')],
            },
        ),
        migrations.CreateModel(
            name='CertificateRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('seal', 'Put the registered e-seal on it'), ('revoke', 'Revoke it')], max_length=8)),
                ('state', models.CharField(choices=[('open', 'Waits for a second person'), ('approved', 'Approved'), ('refused', 'Not approved')], default='open', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=200)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='recognition.certificate')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('seal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.registeredseal')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['asked_at'], name='recognition_request_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('certificate', 'kind'), name='recognition_request_one_open'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('decided_at__isnull', False), _connector='OR'), name='recognition_request_decided'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('asked_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='recognition_request_two_people'), models.CheckConstraint(condition=models.Q(('kind', 'seal'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='recognition_request_revoke_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'seal'), ('seal__isnull', False)), models.Q(('kind', 'revoke'), ('seal__isnull', True)), _connector='OR'), name='recognition_request_seal')],
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('public_key', models.CharField(blank=True, max_length=43)),
                ('private_sealed', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('active', 'In use'), ('retired', 'Retired: verifies, signs no more'), ('refused', 'Not approved')], default='proposed', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('proposed_at', models.DateTimeField()),
                ('from_at', models.DateTimeField(blank=True, null=True)),
                ('until_at', models.DateTimeField(blank=True, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('state',), name='recognition_key_one_active'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('state',), name='recognition_key_one_proposed'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('proposed_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='recognition_key_two_people'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'active']), ('private_sealed', ''), _connector='OR'), name='recognition_key_forgotten'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('from_at__isnull', False), ('until_at__isnull', False)), _connector='OR'), name='recognition_key_active_has_span')],
            },
        ),
        migrations.CreateModel(
            name='SealedPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('signature', models.CharField(max_length=100)),
                ('sealed_at', models.DateTimeField()),
                ('certificate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_paper', to='recognition.certificate')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.certificaterequest')),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.registeredseal')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.signingkey')),
            ],
        ),
        migrations.AddField(
            model_name='certificate',
            name='key',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recognition.signingkey'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(condition=models.Q(('state', 'valid'), _negated=True), fields=['issuer', 'id'], name='recognition_certificate_ended'),
        ),
    ]
