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
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('short_name', models.CharField(blank=True, max_length=30)),
                ('pinyin', models.CharField(editable=False, max_length=300)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('enterprise', 'Enterprise'), ('union_branch', 'Union branch'), ('community', 'Community'), ('agency', 'Social work agency'), ('association', 'Association'), ('foundation', 'Foundation'), ('grassroots', 'Grassroots group'), ('hub', 'Hub'), ('government', 'Government office'), ('party_branch', 'Party branch')], max_length=20)),
                ('state', models.CharField(choices=[('applied', 'Applied'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='active', max_length=10)),
                ('uscc', models.CharField(blank=True, max_length=18)),
                ('intro', models.TextField(blank=True)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('contact_name', models.CharField(blank=True, max_length=50)),
                ('contact_phone', models.CharField(blank=True, max_length=30)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organizations.organization')),
            ],
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('pinyin', models.CharField(editable=False, max_length=200)),
                ('code', models.CharField(blank=True, max_length=20)),
                ('level', models.CharField(choices=[('province', 'Province'), ('city', 'City'), ('district', 'District'), ('street', 'Street'), ('community', 'Community'), ('building', 'Building')], max_length=10)),
                ('path', models.CharField(default='', editable=False, max_length=120)),
                ('from_date', models.DateField(blank=True, null=True)),
                ('to_date', models.DateField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organizations.territory')),
            ],
            options={
                'verbose_name_plural': 'territories',
                'indexes': [models.Index(fields=['path'], name='organizations_territory_path', opclasses=['text_pattern_ops'])],
                'constraints': [models.UniqueConstraint(condition=models.Q(('to_date__isnull', True)), fields=('parent', 'name'), name='organizations_territory_name')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('hub_manager', 'Hub manager'), ('hub_staff', 'Hub staff'), ('org_manager', 'Manager of the body'), ('org_staff', 'Staff of the body'), ('activity_leader', 'Activity leader'), ('observer', 'Observer')], max_length=20)),
                ('from_date', models.DateField()),
                ('to_date', models.DateField(blank=True, null=True)),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'to_date'], name='organizations_grant_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organization__isnull', False), ('territory__isnull', True)), models.Q(('organization__isnull', True), ('territory__isnull', False)), _connector='OR'), name='organizations_grant_has_one_scope'), models.UniqueConstraint(condition=models.Q(('to_date__isnull', True)), fields=('person', 'role', 'organization', 'territory'), name='organizations_grant_once', nulls_distinct=False)],
            },
        ),
        migrations.AddField(
            model_name='organization',
            name='territory',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('employee', 'Employee'), ('member', 'Member'), ('resident', 'Resident'), ('staff', 'Staff')], max_length=10)),
                ('department', models.CharField(blank=True, max_length=60)),
                ('staff_number', models.CharField(blank=True, max_length=40)),
                ('is_union_member', models.BooleanField(blank=True, null=True)),
                ('from_date', models.DateField()),
                ('to_date', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'to_date'], name='organizations_membership_org')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('to_date__isnull', True)), fields=('person', 'organization', 'kind'), name='organizations_membership_once'), models.CheckConstraint(condition=models.Q(('to_date__isnull', True), ('to_date__gte', models.F('from_date')), _connector='OR'), name='organizations_membership_dates')],
            },
        ),
        migrations.AddIndex(
            model_name='organization',
            index=models.Index(fields=['kind', 'state'], name='organizations_kind'),
        ),
        migrations.AddIndex(
            model_name='organization',
            index=models.Index(fields=['pinyin'], name='organizations_pinyin', opclasses=['text_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.UniqueConstraint(condition=models.Q(('uscc', ''), _negated=True), fields=('uscc',), name='organizations_organization_uscc'),
        ),
    ]
