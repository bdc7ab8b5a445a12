"""The ledger is append-only: the entries of a transfer sum to zero; a balance is moved by entries alone, what is pending by reservations alone.

`points_for` is the rule in SQL, the same sums as `points.rules.points_for`. `points_transfer` is a whole transfer between two accounts in one statement.
"""

from django.conf import settings
from django.db import migrations

TABLES = ("points_pointstransfer", "points_pointsentry", "points_pointsdigest", "points_clearingrun", "points_clearingposition")
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

DIGEST = """
create function points_entry_digest(transfer uuid, account bigint, amount bigint) returns bytea language sql immutable as
$$ select sha256(convert_to(transfer::text || '|' || account || '|' || amount, 'UTF8')) $$;
create function points_write_digest() returns trigger language plpgsql as $$
begin
    new.digest := points_entry_digest(new.transfer_id, new.account_id, new.amount);
    return new;
end $$;
create trigger write_digest before insert on points_pointsentry for each row execute function points_write_digest();
"""
DROP_DIGEST = """
drop trigger write_digest on points_pointsentry; drop function points_write_digest(); drop function points_entry_digest(uuid, bigint, bigint);
"""

PENDING = """
create function points_hold() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'pending' then
            raise exception 'a reservation begins as pending' using errcode = 'check_violation';
        end if;
        update points_pointsaccount set pending = pending + new.amount where id = new.source_id;
        return null;
    end if;
    if old.state <> 'pending' or new.state = 'pending'
       or (new.id, new.kind, new.source_id, new.target_id, new.amount, new.words, new.made_by, new.made_at)
          is distinct from (old.id, old.kind, old.source_id, old.target_id, old.amount, old.words, old.made_by, old.made_at) then
        raise exception 'a reservation ends once and is not changed otherwise' using errcode = 'insufficient_privilege';
    end if;
    update points_pointsaccount set pending = pending - old.amount where id = old.source_id;
    return null;
end $$;
create trigger hold after insert or update on points_pointsreservation for each row execute function points_hold();
create trigger no_delete before delete on points_pointsreservation for each row execute function liandong_append_only();
create trigger no_truncate before truncate on points_pointsreservation for each statement execute function liandong_append_only();
"""
DROP_PENDING = """
drop trigger hold on points_pointsreservation; drop trigger no_delete on points_pointsreservation; drop trigger no_truncate on points_pointsreservation;
drop function points_hold();
"""

POINTS_FOR = f"""
create function points_for(minutes int, rule bigint, category text, starts_at timestamptz, territory bigint) returns int language sql stable as $$
    select (u.points_per_hour::bigint * least($1, u.activity_cap_minutes)
        * coalesce((u.by_category ->> $3)::int, 100)
        * coalesce((u.by_place ->> $5::text)::int, 100)
        * case when extract(hour from $4 at time zone '{settings.TIME_ZONE}') >= 20 or extract(hour from $4 at time zone '{settings.TIME_ZONE}') < 6
               then u.night_percent else 100 end
        / 60000000)::int
    from points_pointsrule u where u.id = $2
$$;
"""
DROP_POINTS_FOR = "drop function points_for(int, bigint, text, timestamptz, bigint);"

TRANSFER = """
create function points_transfer(
    key uuid, kind_ text, source bigint, target bigint, amount_ bigint, words_ text, by_ text, at_ timestamptz, on_date_ date, rule bigint, request text
) returns table (answer text, there bigint, entry bigint) language plpgsql as $$
declare available bigint; lowest bigint; written bigint;
begin
    perform 1 from points_pointsaccount a where a.id in (source, target) order by a.id for no key update;
    if exists (select 1 from points_pointstransfer t where t.id = key) or exists (select 1 from points_pointsreservation r where r.id = key) then
        return query select points_same(key, kind_, source, target, amount_), null::bigint, null::bigint;
        return;
    end if;
    select a.balance - a.pending, a.floor into available, lowest from points_pointsaccount a where a.id = source;
    if lowest is not null and available - amount_ < lowest then
        return query select 'short'::text, available, null::bigint;
        return;
    end if;
    insert into points_pointstransfer (id, kind, words, made_by, made_at, on_date, rule_id, capped, refund_of_id)
        values (key, kind_, words_, by_, at_, on_date_, rule, 0, null) on conflict (id) do nothing;
    if not found then  -- the same id, between other accounts, a moment ago
        return query select points_same(key, kind_, source, target, amount_), null::bigint, null::bigint;
        return;
    end if;
    insert into points_pointsentry (transfer_id, account_id, amount, digest) values (key, source, -amount_, ''), (key, target, amount_, '');
    insert into journal_entry (verb, by, "on", before, after, reason, request_id)
        values ('points.transferred', by_, 'points.pointstransfer:' || key, '{}', jsonb_build_object('kind', kind_, 'amount', amount_), '', request)
        returning id into written;
    return query select 'made'::text, available - amount_, written;
end $$;
create function points_same(key uuid, kind_ text, source bigint, target bigint, amount_ bigint) returns text language sql stable as $$
    select case when exists (
        select 1 from points_pointstransfer t join points_pointsentry s on s.transfer_id = t.id join points_pointsentry e on e.transfer_id = t.id
        where t.id = key and t.kind = kind_ and s.account_id = source and s.amount = -amount_ and e.account_id = target and e.amount = amount_
    ) then 'same' else 'other' end
$$;
"""
DROP_TRANSFER = """
drop function points_transfer(uuid, text, bigint, bigint, bigint, text, text, timestamptz, date, bigint, text);
drop function points_same(uuid, text, bigint, bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0001_initial"), ("journal", "0002_append_only")]
    operations = [
        *(migrations.RunSQL(TRIGGERS.format(table=table), DROP.format(table=table)) for table in TABLES),
        migrations.RunSQL(ZERO_SUM, DROP_ZERO_SUM),
        migrations.RunSQL(BALANCE, DROP_BALANCE),
        migrations.RunSQL(DIGEST, DROP_DIGEST),
        migrations.RunSQL(PENDING, DROP_PENDING),
        migrations.RunSQL(POINTS_FOR, DROP_POINTS_FOR),
        migrations.RunSQL(TRANSFER, DROP_TRANSFER),
    ]
