"""Certificates of the demo town: valid, replaced, revoked, sealed, one that waits for its second person, a link to show, everybody of a body at once."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from liandong.accounts.models import Person
from liandong.core import paper
from liandong.core.errors import Refused
from liandong.demo.tools import DAY
from liandong.organizations.models import Organization, Role, RoleGrant
from liandong.recognition import queries, services
from liandong.recognition.credentials.encoding import b64
from liandong.recognition.models import Certificate, CertificateBatch, CertificateBatchItem, ServiceRecord
from liandong.recognition.services import keys

SPECIMEN = Path(__file__).with_name("specimen.typ")  # says that it is none


def plant(town: Any) -> None:
    rng = Random(f"{town.seed}-proving")  # noqa: S311
    agency, hub, volunteer = town.cast["agency"], town.cast["hub"], town.cast["volunteer"]
    body = next(each for each in town.bodies if town.staff[each.pk] == agency)
    colleague = _colleague(town)
    people = _who_served(body, besides=volunteer)[:9]
    rng.shuffle(people)
    made = [_issued(person, body, ago=rng.randrange(3, 60), by=person if n % 2 else agency, town=town) for n, person in enumerate(people)]
    mine = _issued(volunteer, None, ago=20, by=volunteer, town=town)
    services.share_certificate(mine, shows="bodies", shows_name=True, days=30, note="投简历用", by=volunteer)
    services.share_certificate(mine, shows="hours", shows_name=False, days=7, note="学校社会实践表", by=volunteer)
    seal = services.register_seal(
        body,
        name="志愿服务证明专用章",
        number="11010500" + f"{rng.randrange(10**5):05d}",
        authority="演示备案机关",
        picture=paper.pictures(SPECIMEN, {"words": "演示样章"}, ppi=96)[0],
        by=agency,
    )
    services.approve_seal(seal, by=hub)
    services.propose_key(reason="原经办人调离，按制度更换", by=colleague)
    if len(made) >= 5:
        services.approve_request(services.ask_seal(made[0], by=agency), by=hub)
        services.ask_seal(made[1], by=agency)
        services.approve_request(services.ask_revocation(made[2], reason="把同名的另一位志愿者的时长算进来了", by=agency), by=colleague)
        services.ask_revocation(made[3], reason="本人说其中一次没有参加", by=colleague)
        _put_right(made[4], by=agency)
    _all_at_once(body, made, town=town, by=agency)


def _colleague(town: Any) -> Person:
    """A second person at the hub: what takes two needs two."""
    territory = town.streets[0]
    person = Person.objects.create(name="孙启明", phone="13900000087")
    RoleGrant.objects.create(person=person, role=Role.HUB_STAFF, territory=territory, from_date=town.today - dt.timedelta(days=400))
    return person


def _who_served(body: Organization, *, besides: Person) -> list[Person]:
    records = ServiceRecord.objects.counting().filter(organization=body).exclude(person=besides).order_by("-service_date", "-id")
    pks = list(dict.fromkeys(records.values_list("person", flat=True)[:200]))
    found = Person.objects.in_bulk(pks)
    return [found[pk] for pk in pks if not found[pk].erased_at]


def _issued(person: Person, body: Organization | None, *, ago: int, by: Person, town: Any) -> Certificate:
    """Issued by the verb, then set back in time and signed for that day."""
    made = services.issue_certificate(person, organization=body, by=by)
    made.issued_at = max(town.now - ago * DAY, dt.datetime.combine(made.last_date, dt.time(20), tzinfo=town.zone))
    made.signature = b64(keys.active_signer().sign(queries.statement_of(made)))
    made.save(update_fields=["issued_at", "signature"])
    return made


def _put_right(certificate: Certificate, *, by: Person) -> None:
    """A record in it turns out to be too long: the certificate is replaced."""
    record = max(queries.lines_of(certificate), key=lambda each: (each.minutes, each.pk))
    try:
        services.correct_record(record, minutes=max(record.minutes - 30, 0), reason="签到表上写的是提前半小时离开", by=by)
    except Refused:  # a rule of records forbids it for this one
        return


def _all_at_once(body: Organization, made: Iterable[Certificate], *, town: Any, by: Person) -> None:
    """One file of last month, deleted after its week; and one that the job is about to make."""
    at = town.now - 24 * DAY
    made = list(made)
    batch = CertificateBatch.objects.create(
        organization=body, state="forgotten", total=len(made), done=len(made), asked_by=by, asked_at=at, beat_at=at, finished_at=at
    )
    CertificateBatchItem.objects.bulk_create(
        [CertificateBatchItem(batch=batch, person_id=each.person_id, certificate=each, printed_at=at) for each in made]
    )
    for days in (30, 90, 400):
        if queries.volunteers_to_certify(body, from_date=town.today - days * DAY).exists():
            services.start_batch(body, from_date=town.today - days * DAY, by=by)
            return
