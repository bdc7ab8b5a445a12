"""Keys are rotated by two people; what was signed keeps holding."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from liandong.core import clock as clocks
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.notices.models import Notice
from liandong.recognition import queries, services, wallet
from liandong.recognition.credentials import signing
from liandong.recognition.models import SigningKey
from liandong.recognition.services import keys
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def hub():
    return make.territory("街道", level="street")


@pytest.fixture
def two(hub):
    return make.hub_manager(hub, "陈立"), make.hub_manager(hub, "王芳")


def certificate():
    record = make.record(make.person(), of=make.shift(), by=DEMO)
    return services.issue_certificate(record.person, by=record.person)


def test_the_first_key_comes_by_itself_and_its_private_half_cannot_be_read():
    signer = keys.active_signer()
    key = SigningKey.objects.get()
    assert (signer.number, key.number, key.state) == (1, 1, "active")
    assert signing.public_of(signer.private) == key.public_key
    assert signer.private.private_bytes_raw().hex() not in key.private_sealed


def test_two_people_put_a_new_key_in_use_and_old_certificates_still_verify(two):
    old = certificate()
    key = services.propose_key(reason="两年到了", by=two[0])
    assert services.propose_key(reason="再来一次", by=two[1]) == key
    with pytest.raises(Denied):
        services.approve_key(key, by=two[0])
    assert keys.active_signer().number == 1
    services.approve_key(key, by=two[1])
    new = certificate()
    first, second = SigningKey.objects.order_by("number")
    assert (first.state, first.private_sealed, second.state) == ("retired", "", "active")
    assert (old.key_id, new.key_id) == (first.pk, second.pk)
    assert queries.signature_holds(queries.certificate_by_code(old.code))
    assert [method["id"].rpartition("#")[2] for method in wallet.did_document()["verificationMethod"]] == ["key-2", "key-1"]


def test_a_refused_key_changes_nothing(two):
    services.refuse_key(services.propose_key(reason="试试", by=two[0]), by=two[1])
    assert list(SigningKey.objects.values_list("state", "public_key")) == [("refused", "")]


def test_only_the_hub_touches_keys(two):
    for by in (make.person(), make.manager(make.organization())):
        with pytest.raises(Denied):
            services.propose_key(reason="x", by=by)
    with pytest.raises(Refused):
        services.propose_key(reason=" ", by=two[0])


def test_the_database_keeps_the_two_apart(two):
    key = services.propose_key(reason="x", by=two[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.filter(pk=key.pk).update(decided_by=two[0])


def test_warned_thirty_days_before_and_renewed_when_it_runs_out(two, clock):
    keys.active_signer()
    keys.look_after_keys()
    assert Notice.objects.filter(kind="key.runs_out").count() == 0
    clock.move_to(clocks.now() + keys.LASTS - dt.timedelta(days=29))
    for _ in range(2):
        keys.look_after_keys()
    assert Notice.objects.filter(kind="key.runs_out").count() == 2
    clock.move_to(clocks.now() + dt.timedelta(days=30))
    keys.look_after_keys()
    assert list(SigningKey.objects.order_by("number").values_list("number", "state")) == [(1, "retired"), (2, "active")]


def test_with_another_secret_the_next_key_is_made_and_the_old_one_verifies(settings):
    old = certificate()
    settings.SECRET_KEY = "another secret altogether"
    settings.SECRET_KEY_FALLBACKS = []
    assert keys.active_signer().number == 2
    assert queries.signature_holds(queries.certificate_by_code(old.code))


def test_the_page_lets_one_propose_and_another_decide(client, two):
    keys.active_signer()
    client.force_login(make.account(two[0]))
    assert client.post(reverse("recognition:keys"), {"reason": ""}).status_code == 422
    assert client.post(reverse("recognition:keys"), {"reason": "有人离职"}).status_code == 303
    decide = reverse("recognition:decide_key", args=[SigningKey.objects.get(state="proposed").pk])
    assert client.post(decide, {"answer": "approve"}).status_code == 403
    client.force_login(make.account(two[1]))
    assert decide in client.get(reverse("recognition:keys")).content.decode()
    assert client.post(decide, {"answer": "approve"}).status_code == 303
    assert queries.active_key().number == 2
    pem = client.get(reverse("recognition:public_key", args=[1])).content
    assert pem.startswith(b"-----BEGIN PUBLIC KEY-----")
    client.force_login(make.account(make.manager(make.organization())))
    assert client.get(reverse("recognition:keys")).status_code == 403


def test_the_command_puts_a_new_one_in_use(capsys):
    keys.active_signer()
    call_command("keys", rotate="机器换了")
    assert queries.active_key().number == 2
    assert capsys.readouterr().out.startswith("key-2  active")
