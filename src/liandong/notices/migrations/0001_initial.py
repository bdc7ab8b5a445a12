import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('topic', models.CharField(choices=[('sign_up', 'Sign-ups and waiting list'), ('reminder', 'Reminders'), ('change', 'Changes and cancellations'), ('record', 'Hours, points and certificates'), ('need', 'My needs'), ('work', 'Work waiting for me'), ('security', 'Security')], max_length=20)),
                ('values', models.JSONField(default=dict)),
                ('url', models.CharField(blank=True, max_length=300)),
                ('once_key', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-created_at'], name='notices_notice_person')],
                'constraints': [models.UniqueConstraint(fields=('person', 'once_key'), name='notices_notice_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('app', 'In Liandong'), ('sms', 'SMS'), ('email', 'E-mail')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed'), ('skipped', 'Not sent')], default='waiting', max_length=10)),
                ('not_before_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notices.notice')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'not_before_at'], name='notices_delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='notices_delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('sign_up', 'Sign-ups and waiting list'), ('reminder', 'Reminders'), ('change', 'Changes and cancellations'), ('record', 'Hours, points and certificates'), ('need', 'My needs'), ('work', 'Work waiting for me'), ('security', 'Security')], max_length=20)),
                ('channel', models.CharField(choices=[('app', 'In Liandong'), ('sms', 'SMS'), ('email', 'E-mail')], max_length=10)),
                ('wanted', models.BooleanField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'topic', 'channel'), name='notices_preference_once')],
            },
        ),
    ]
