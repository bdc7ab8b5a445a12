"""The nearest stations come straight out of an index: PostgreSQL's own points, drawn as Mercator draws them, so that nearest on paper is nearest on the ground.

Kept as an expression on the venue: `queries/finding.py` asks with the same words.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stations", "0002_visits_shelf"), ("venues", "0002_opening_hours")]
    operations = [
        migrations.RunSQL(
            """
            create index stations_nearest on venues_venue
                using gist (point(longitude::float8, degrees(ln(tan(radians(45 + greatest(-85, least(85, latitude::float8)) / 2))))))
                where kind = 'station' and latitude is not null;
            """,
            "drop index stations_nearest;",
        )
    ]
