from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "Uploaded"),
                    ("checking", "Being checked"),
                    ("checked", "Checked"),
                    ("committing", "Going in"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                ],
                default="uploaded",
                max_length=12,
            ),
        ),
        migrations.AddField(model_name="importrun", name="sheets", field=models.JSONField(default=list)),
        migrations.AddField(model_name="importrun", name="header_height", field=models.PositiveSmallIntegerField(default=1)),
        migrations.AddField(model_name="importrun", name="skipped", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="importrun", name="made", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="importrun", name="undo_result", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="importrun", name="beat_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="importissue",
            name="level",
            field=models.CharField(
                choices=[("error", "Keeps the row out"), ("warning", "Goes in, please look"), ("note", "For your information")], default="warning", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.RemoveField(model_name="importissue", name="is_error"),
        migrations.AddIndex(model_name="importissue", index=models.Index(fields=["run", "code"], name="imports_issue_code")),
    ]
