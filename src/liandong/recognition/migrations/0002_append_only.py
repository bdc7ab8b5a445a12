"""Records and what a certificate counts are append-only."""

from django.db import migrations

TABLES = {"recognition_servicerecord": "accounts_append_only_but_follows", "recognition_certificateline": "liandong_append_only"}
TRIGGERS = """
create trigger append_only before update or delete on {table} for each row execute function {guard}();
create trigger no_truncate before truncate on {table} for each statement execute function liandong_append_only();
"""
DROP = "drop trigger append_only on {table}; drop trigger no_truncate on {table};"


class Migration(migrations.Migration):
    dependencies = [("recognition", "0001_initial"), ("journal", "0002_append_only"), ("accounts", "0004_identity_documents")]
    operations = [migrations.RunSQL(TRIGGERS.format(table=table, guard=guard), DROP.format(table=table)) for table, guard in TABLES.items()]
