"""A storm on one room: two hundred people book the same hour at once, against the real database, through the verb and over the page. One has it.

python bench/bookings.py            # prints what it measured; exit 1 where more or fewer than one won, or anything but a clear refusal came back
"""

import os
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "var" / "bench-bookings"
os.environ["LIANDONG_HOME"] = str(HOME)
os.environ["LIANDONG_POOL"] = "0"
os.environ["LIANDONG_PLAIN_STATIC"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")
PEOPLE, AT_ONCE = 200, 40


def main() -> int:
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    from liandong.config.cli import database_ready

    try:
        with database_ready():
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            return storm()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


def storm() -> int:
    import datetime as dt

    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from liandong.accounts.models import Account, Person
    from liandong.bookings import services
    from liandong.bookings.models import Booking
    from liandong.core.invariants import all_invariants
    from liandong.organizations.models import Organization, Territory
    from liandong.venues.models import OpeningHours, Room, Venue

    place = Territory.objects.create(name="测试街道", level=Territory.Level.STREET)
    host = Organization.objects.create(name="测试枢纽", slug="bench-hub", kind="hub", territory=place)
    venue = Venue.objects.create(name="测试中心", host=host, territory=place, address="1 号", holidays="as_usual")
    OpeningHours.objects.bulk_create([OpeningHours(venue=venue, weekday=day, opens_at=dt.time(8), closes_at=dt.time(22)) for day in range(7)])
    rooms = [Room.objects.create(venue=venue, name=name, capacity=30) for name in ("甲", "乙")]
    crowd = Person.objects.bulk_create([Person(number=f"L{n:07d}", name="测试", phone=f"1990000{n:04d}") for n in range(PEOPLE)])
    accounts = Account.objects.bulk_create([Account(person=person, phone=person.phone, username=f"bench.{person.pk}") for person in crowd])
    day = timezone.localdate() + dt.timedelta(days=3)
    start = timezone.make_aware(dt.datetime.combine(day, dt.time(14)))
    gate = threading.Barrier(AT_ONCE)

    def verb(number: int) -> str:
        if number < AT_ONCE:
            gate.wait()
        try:
            return services.book(rooms[0], starts_at=start, ends_at=start + dt.timedelta(hours=1), title="读书会", by=crowd[number]).state
        except services.Taken as taken:
            return "refused" if taken.free else "refused without a free time"
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    form = {"room": rooms[1].pk, "date": day.isoformat(), "start": "14:00", "end": "15:00", "title": "读书会", "every": "1"}

    def page(number: int) -> str:
        client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        client.force_login(accounts[number])
        if number < AT_ONCE:
            gate.wait()
        try:
            return str(client.post(reverse("bookings:new"), form).status_code)
        finally:
            connection.close()

    good = True
    for label, attempt, wanted in (("the verb", verb, {"confirmed": 1, "refused": PEOPLE - 1}), ("the page", page, {"303": 1, "409": PEOPLE - 1})):
        begun = time.perf_counter()
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            answers = list(pool.map(attempt, range(PEOPLE)))
        seconds = time.perf_counter() - begun
        counted = {answer: answers.count(answer) for answer in sorted(set(answers))}
        good &= counted == wanted
        words = ", ".join(f"{count} {answer}" for answer, count in counted.items())
        print(f"{PEOPLE} bookings of one room and hour, {AT_ONCE} at once, {label}: {words}; {seconds:.1f} s, {1000 * seconds / PEOPLE:.0f} ms each")
    holding = Booking.objects.filter(state__in=Booking.HOLDS).count()
    broken = [promise.key for promise in all_invariants() if promise.key.startswith("ROOM") and promise.find()]
    print(f"bookings that stand: {holding} (2 wanted); broken promises: {broken or 'none'}")
    return 0 if good and holding == 2 and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
