"""Corrections of attendance are never changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial"), ("journal", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            create trigger append_only before update or delete on activities_attendancecorrection
                for each row execute function liandong_append_only();
            create trigger no_truncate before truncate on activities_attendancecorrection
                for each statement execute function liandong_append_only();
            """,
            "drop trigger append_only on activities_attendancecorrection; drop trigger no_truncate on activities_attendancecorrection;",
        )
    ]
