"""The ledger is append-only: the entries of a transfer sum to zero; a balance is moved by entries alone."""

from django.db import migrations

TABLES = ("points_pointstransfer", "points_pointsentry")
TRIGGERS = """
create trigger append_only before update or delete on {table} for each row execute function liandong_append_only();
create trigger no_truncate before truncate on {table} for each statement execute function liandong_append_only();
"""
DROP = "drop trigger append_only on {table}; drop trigger no_truncate on {table};"

ZERO_SUM = """
create function points_check_zero_sum() returns trigger language plpgsql as $$
declare total bigint; sides int;
begin
    select coalesce(sum(amount), 0), count(*) into total, sides from points_pointsentry where transfer_id = new.transfer_id;
    if total <> 0 or sides < 2 then
        raise exception 'points transfer % does not sum to zero', new.transfer_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger zero_sum after insert on points_pointsentry
    deferrable initially deferred for each row execute function points_check_zero_sum();
"""
DROP_ZERO_SUM = "drop trigger zero_sum on points_pointsentry; drop function points_check_zero_sum();"

BALANCE = """
create function points_move_balance() returns trigger language plpgsql as $$
begin
    update points_pointsaccount a set balance = a.balance + moved.amount
    from (select account_id, sum(amount) as amount from new_entries group by account_id order by account_id) moved
    where a.id = moved.account_id;
    return null;
end $$;
create trigger move_balance after insert on points_pointsentry
    referencing new table as new_entries for each statement execute function points_move_balance();
"""
DROP_BALANCE = "drop trigger move_balance on points_pointsentry; drop function points_move_balance();"


class Migration(migrations.Migration):
    dependencies = [("points", "0001_initial"), ("journal", "0002_append_only")]
    operations = [
        *(migrations.RunSQL(TRIGGERS.format(table=table), DROP.format(table=table)) for table in TABLES),
        migrations.RunSQL(ZERO_SUM, DROP_ZERO_SUM),
        migrations.RunSQL(BALANCE, DROP_BALANCE),
    ]
