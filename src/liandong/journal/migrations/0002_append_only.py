"""A function that forbids change, and its use on the journal. Other apps put it on their own append-only tables."""

from django.db import migrations

FUNCTION = """
create function liandong_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
"""
TRIGGERS = """
create trigger append_only before update or delete on {table} for each row execute function liandong_append_only();
create trigger no_truncate before truncate on {table} for each statement execute function liandong_append_only();
"""
DROP = "drop trigger append_only on {table}; drop trigger no_truncate on {table};"
TABLES = ("journal_entry", "journal_seal")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "drop function liandong_append_only();"),
        *(migrations.RunSQL(TRIGGERS.format(table=table), DROP.format(table=table)) for table in TABLES),
    ]
