"""Everybody of a body at once: a job that is interrupted and goes on."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from liandong.core import clock
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.recognition import services
from liandong.recognition.models import Certificate, CertificateBatch
from liandong.recognition.services import batches
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def host():
    return make.organization("暖邻社工所")


@pytest.fixture
def crowd(host):
    shift = make.shift(host=host)
    return [make.record(make.person(name), of=shift, by=DEMO).person for name in ("甲一", "../乙二", "丙三")]


def test_everybody_gets_one_and_all_lie_in_one_file(host, crowd, run_jobs):
    batch = services.start_batch(host, by=make.manager(host))
    assert services.start_batch(host, by=make.manager(host)) == batch
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.total) == ("done", 3, 3)
    with zipfile.ZipFile(batches.file_of(batch)) as bundle:
        names = bundle.namelist()
        texts = [PdfReader(io.BytesIO(bundle.read(name))).pages[0].extract_text() for name in names]
    assert sorted(names) == sorted(f"{person.number}-{Certificate.objects.get(person=person).code}.pdf" for person in crowd)
    assert all("暖邻社工所" in text for text in texts)


def test_all_are_one_pdf_to_print_in_the_order_of_the_names(client, host, crowd, run_jobs):
    for person in crowd[:1]:  # a long list: a second page
        for n in range(30):
            make.record(person, of=make.shift(host=host, starts_at=clock.now() - dt.timedelta(days=40 + n)), by=DEMO)
    by = make.manager(host)
    batch = services.start_batch(host, by=by)
    run_jobs()
    client.force_login(make.account(by))
    assert b"?print" in client.get(reverse("recognition:batch", args=[batch.pk])).content
    answer = client.get(reverse("recognition:batch_file", args=[batch.pk]), {"print": ""})
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Content-Disposition"][:6]) == (200, "application/pdf", "inline")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages]
    with zipfile.ZipFile(batches.file_of(batch)) as bundle:
        single = [page.extract_text() for name in bundle.namelist() for page in PdfReader(io.BytesIO(bundle.read(name))).pages]
    assert pages == single
    assert [name for page in pages for name in ("甲一", "乙二", "丙三") if name in page] == ["丙三", "甲一", "乙二"]


def in_the_way(batch, host, person):
    """A folder where the page of this volunteer is to lie: writing it fails."""
    certificate = services.issue_certificate(person, organization=host, by=DEMO)
    obstacle = batches.folder_of(batch) / f"{person.number}-{certificate.code}.part"
    obstacle.mkdir(parents=True)
    return obstacle


def test_killed_on_the_way_it_goes_on_and_nobody_gets_two(host, crowd, run_jobs, clock):
    batch = services.start_batch(host, by=make.manager(host))
    obstacle = in_the_way(batch, host, crowd[1])
    with pytest.raises(IsADirectoryError):
        batches.run_batch(batch)
    batch.refresh_from_db()
    assert (batch.state, batches.file_of(batch).exists()) == ("working", False)
    obstacle.rmdir()
    clock.advance(minutes=2)
    assert batches.resume_interrupted(silent_for=dt.timedelta(seconds=45)) == 1
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.done, Certificate.objects.count()) == ("done", 3, 3)


def test_a_broken_one_is_said_to_be_and_goes_on_on_demand(host, crowd, client, run_jobs):
    by = make.manager(host)
    batch = services.start_batch(host, by=by)
    obstacle = in_the_way(batch, host, crowd[1])
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.failure) == ("failed", "IsADirectoryError")
    obstacle.rmdir()
    client.force_login(make.account(by))
    assert client.get(reverse("recognition:batch_file", args=[batch.pk])).status_code == 404
    assert client.post(reverse("recognition:resume_batch", args=[batch.pk])).status_code == 303
    run_jobs()
    answer = client.get(reverse("recognition:batch_file", args=[batch.pk]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_the_file_goes_after_a_week(host, crowd, run_jobs, clock):
    batch = services.start_batch(host, by=make.manager(host))
    run_jobs()
    clock.advance(days=8)
    assert batches.forget_old_files() == 1
    batch.refresh_from_db()
    assert (batch.state, list(batches.file_of(batch).parent.iterdir())) == ("forgotten", [])


def test_only_who_confirms_for_the_body_and_only_when_there_is_something(host, crowd):
    with pytest.raises(Denied):
        services.start_batch(host, by=make.manager(make.organization()))
    other = make.organization()
    with pytest.raises(Refused, match="No service"):
        services.start_batch(other, by=make.manager(other))


def test_the_page_starts_it_and_shows_how_far_it_is(client, host, crowd, django_assert_max_num_queries):
    client.force_login(make.account(make.manager(host)))
    assert (
        client.post(reverse("recognition:batches"), {"organization": host.slug, "from_date": "2026-06-30", "to_date": "2026-06-01"}).status_code
        == 422
    )
    answer = client.post(reverse("recognition:batches"), {"organization": host.slug})
    batch = CertificateBatch.objects.get()
    assert answer.headers["Location"] == reverse("recognition:batch", args=[batch.pk])
    with django_assert_max_num_queries(15):
        assert client.get(answer.headers["Location"]).status_code == 200
    client.force_login(make.account(make.manager(make.organization())))
    assert client.get(answer.headers["Location"]).status_code == 404
