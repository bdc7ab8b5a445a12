import django.db.models.deletion
import django.db.models.functions.datetime
import liandong.accounts.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.accounts.models.new_person_number, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=50)),
                ('pinyin', models.CharField(editable=False, max_length=200)),
                ('initials', models.CharField(editable=False, max_length=50)),
                ('sex', models.CharField(blank=True, choices=[('', 'Not given'), ('F', 'Female'), ('M', 'Male')], default='', max_length=1)),
                ('birth_date', models.DateField(blank=True, null=True)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('id_number_sealed', models.TextField(blank=True, editable=False)),
                ('id_number_hash', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('guardian', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['phone'], name='accounts_person_phone'), models.Index(fields=['name', 'birth_date'], name='accounts_person_name_birth'), models.Index(fields=['pinyin', 'id'], name='accounts_person_pinyin', opclasses=['text_pattern_ops', 'int8_ops']), models.Index(fields=['initials'], name='accounts_person_initials', opclasses=['text_pattern_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='accounts_person_has_name')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('service', 'Using my details to arrange service'), ('proxy', 'Somebody else acting for me'), ('publish', 'Showing my name in public thanks'), ('share', 'Passing my details to a partner organisation')], max_length=20)),
                ('words', models.TextField(blank=True)),
                ('given_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('given_through', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'purpose'], name='accounts_consent_person')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('phone', models.CharField(blank=True, max_length=20, null=True, unique=True)),
                ('username', models.CharField(blank=True, max_length=60, null=True, unique=True)),
                ('language', models.CharField(default='zh-hans', max_length=10)),
                ('is_active', models.BooleanField(default=True)),
                ('is_system_admin', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='accounts.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('phone__isnull', False), ('username__isnull', False), _connector='OR'), name='accounts_account_has_a_way_in')],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20)),
                ('code_hash', models.CharField(max_length=64)),
                ('sent_from', models.CharField(blank=True, max_length=64)),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['phone', '-sent_at'], name='accounts_code_phone'), models.Index(fields=['sent_from', '-sent_at'], name='accounts_code_from')],
            },
        ),
    ]
