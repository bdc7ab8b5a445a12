"""Rooms with their photos, kinds of space, how long a room is kept without a check-in."""

import django.contrib.postgres.fields
import django.db.models.deletion
import liandong.venues.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('venues', '0002_opening_hours'),
    ]

    operations = [
        migrations.AddField(
            model_name='venue',
            name='keep_minutes',
            field=models.PositiveSmallIntegerField(default=15),
        ),
        migrations.AddField(
            model_name='venue',
            name='offers',
            field=models.TextField(blank=True, max_length=600),
        ),
        migrations.AddField(
            model_name='venue',
            name='space',
            field=models.CharField(blank=True, choices=[('center', 'Centre'), ('create', 'Space to create'), ('share', 'Space to share'), ('home', 'Space to be at home')], max_length=10),
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('code', models.CharField(default=liandong.venues.models.new_room_code, editable=False, max_length=8, unique=True)),
                ('space', models.CharField(blank=True, choices=[('center', 'Centre'), ('create', 'Space to create'), ('share', 'Space to share'), ('home', 'Space to be at home')], max_length=10)),
                ('spot', models.CharField(blank=True, max_length=80)),
                ('capacity', models.PositiveIntegerField()),
                ('square_metres', models.PositiveIntegerField(blank=True, null=True)),
                ('features', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('projector', 'Projector'), ('screen', 'Large screen'), ('sound', 'Sound system'), ('video', 'Video meeting'), ('whiteboard', 'Whiteboard'), ('stage', 'Stage'), ('piano', 'Piano'), ('mirrors', 'Wall of mirrors'), ('kitchen', 'Kitchen'), ('workbench', 'Workbench and tools'), ('computers', 'Computers'), ('toys', 'Toys and soft floor'), ('sofas', 'Sofas'), ('water', 'Drinking water'), ('wifi', 'Wi-Fi')], max_length=12), blank=True, default=list, size=None)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('rules', models.TextField(blank=True, max_length=1000)),
                ('price_fen', models.PositiveIntegerField(default=0)),
                ('open_to', models.CharField(choices=[('everybody', 'Everybody'), ('bodies', 'Organisations only')], default='everybody', max_length=10)),
                ('agreed', models.CharField(choices=[('at_once', 'Free means booked'), ('by_hand', 'Somebody has to agree first')], default='at_once', max_length=10)),
                ('answer_hours', models.PositiveSmallIntegerField(default=48)),
                ('longest_minutes', models.PositiveSmallIntegerField(default=240)),
                ('buffer_minutes', models.PositiveSmallIntegerField(default=15)),
                ('days_ahead', models.PositiveSmallIntegerField(default=90)),
                ('is_open', models.BooleanField(default=True)),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='venues.venue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('venue', 'name'), name='venues_room_name'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='venues_room_capacity'), models.CheckConstraint(condition=models.Q(('longest_minutes__gte', 30), ('longest_minutes__lte', 1440)), name='venues_room_longest'), models.CheckConstraint(condition=models.Q(('buffer_minutes__lte', 240)), name='venues_room_buffer'), models.CheckConstraint(condition=models.Q(('answer_hours__gte', 1)), name='venues_room_answer'), models.CheckConstraint(condition=models.Q(('days_ahead__gte', 1)), name='venues_room_ahead')],
            },
        ),
        migrations.CreateModel(
            name='RoomPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to='rooms/')),
                ('words', models.CharField(blank=True, max_length=80)),
                ('added_at', models.DateTimeField()),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='venues.room')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
    ]
