"""What people answered is never changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial"), ("journal", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            create trigger append_only before update or delete on surveys_surveyresponse
                for each row execute function liandong_append_only();
            create trigger no_truncate before truncate on surveys_surveyresponse
                for each statement execute function liandong_append_only();
            """,
            "drop trigger append_only on surveys_surveyresponse; drop trigger no_truncate on surveys_surveyresponse;",
        )
    ]
