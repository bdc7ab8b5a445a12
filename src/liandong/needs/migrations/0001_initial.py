import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import liandong.needs.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default=liandong.needs.models.new_need_number, editable=False, max_length=12, unique=True)),
                ('words', models.TextField()),
                ('title', models.CharField(max_length=80)),
                ('category', models.CharField(choices=[('elders', 'Elders and disability'), ('children', 'Children and family'), ('outdoor', 'Outdoor workers'), ('staff', 'Enterprise staff'), ('culture', 'Environment and culture'), ('order', 'Neighbourhood and safety'), ('health', 'Health'), ('jobs', 'Work and skills'), ('other', 'Other')], default='other', max_length=12)),
                ('urgency', models.PositiveSmallIntegerField(choices=[(0, 'Normal'), (1, 'Soon'), (2, 'Urgent')], default=0)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('people_count', models.PositiveIntegerField(blank=True, null=True)),
                ('wanted_time', models.CharField(blank=True, max_length=60)),
                ('wanted_date', models.DateField(blank=True, null=True)),
                ('asker_name', models.CharField(blank=True, max_length=100)),
                ('contact_name', models.CharField(blank=True, max_length=50)),
                ('contact_phone', models.CharField(blank=True, max_length=20)),
                ('note', models.TextField(blank=True)),
                ('outside_number', models.CharField(blank=True, max_length=40)),
                ('is_public', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('submitted', 'Submitted'), ('accepted', 'Accepted'), ('claimed', 'Claimed'), ('matched', 'Matched'), ('planned', 'Project set up'), ('active', 'Under way'), ('done', 'Done'), ('confirmed', 'Confirmed by the asker'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('merged', 'Joined with another need')], default='submitted', max_length=12)),
                ('closing_words', models.TextField(blank=True)),
                ('answer_due_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('matched_at', models.DateTimeField(blank=True, null=True)),
                ('planned_at', models.DateTimeField(blank=True, null=True)),
                ('active_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('asker', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('asker_organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='needs.need')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'submitted_at'], name='needs_need_state'), models.Index(fields=['territory', '-submitted_at'], name='needs_need_territory'), models.Index(fields=['-submitted_at', '-id'], name='needs_need_newest'), models.Index(fields=['asker', '-submitted_at'], name='needs_need_asker'), models.Index(fields=['claimed_by', 'state'], name='needs_need_claimed'), models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['answer_due_at'], name='needs_need_due'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='needs_need_search')],
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='needs_need_has_words'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', False), _connector='OR'), name='needs_need_merged_somewhere'), models.UniqueConstraint(condition=models.Q(('outside_number', ''), _negated=True), fields=('territory', 'outside_number'), name='needs_need_outside_number')],
            },
        ),
        migrations.CreateModel(
            name='NeedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField()),
                ('answered_at', models.DateTimeField()),
                ('promised_date', models.DateField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='needs.need')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
        ),
    ]
