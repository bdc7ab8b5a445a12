"""The leader's scanner: a page that goes on without network, the door for what it kept, and the list of what has to be decided."""

import datetime as dt
import json
import re
import secrets
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.activities import permissions, queries, services
from liandong.activities.forms import CodeForm
from liandong.activities.models import Attendance, DoorScan, Position, Shift, SignUp
from liandong.activities.views.load import find_shift_for_work, reader
from liandong.core import clock, crypto, ids
from liandong.core.answers import see_other
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.ui import bundle, listing, words

BATCH, FILE_SCANS, FILE_BYTES = 200, 5000, 2_000_000
_NONCE, _DEVICE, _CODE = re.compile(r"[0-9a-f]{16,40}"), re.compile(r"[0-9a-f]{8,40}"), re.compile(f"[{ids.ALPHABET}]{{6}}")
LONGEST_MS = 400 * 24 * 3600 * 1000  # a steady clock longer than that is none


def code_in(text: str) -> str:
    """The personal code in what was typed or scanned; "" when it is none of ours. Nothing scanned is ever opened."""
    text = text.strip()
    prefix = f"{settings.SITE_URL}{reverse('activities:ticket', args=['CODE'])}".removesuffix("CODE/")
    if text.startswith(prefix):
        text = text[len(prefix) :].removesuffix("/")
    letters = re.sub(r"[\s-]", "", text).upper()
    return letters if re.fullmatch(f"[{ids.ALPHABET}]{{6}}", letters) else ""


def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader scans or types personal codes, one after the other."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    form = CodeForm(request.POST or None)
    act = "out" if (request.POST.get("act") or request.GET.get("act")) == "out" else "in"
    outcome, status = None, 200
    if request.method == "POST" and form.is_valid():
        row = _row_of(shift, code_in(form.cleaned_data["code"]))
        try:
            if row is None:
                raise Refused(
                    _("This code is not on the list of this shift.") if code_in(form.cleaned_data["code"]) else _("This is not one of our codes.")
                )
            verb = services.check_out if act == "out" else services.check_in
            verb(row, method=Attendance.Method.TICKET, nonce=form.cleaned_data["nonce"], by=by)
        except Refused as refusal:
            outcome, status = {"tone": "danger" if row else "warn", "title": str(refusal.reason), "row": row}, 422
        else:
            return see_other(f"{request.path}?{urlencode({'act': act, 'last': row.code, 'nonce': form.cleaned_data['nonce']})}")
    elif request.method == "POST":
        outcome, status = {"tone": "warn", "title": _("This is not one of our codes."), "row": None}, 422
    elif request.GET.get("last"):
        outcome = _outcome(_row_of(shift, code_in(request.GET["last"])), act=act, nonce=request.GET.get("nonce", ""))
    asked = _row_of(shift, code_in(request.GET.get("code", ""))) if request.GET.get("code") else None
    context = {
        "shift": shift,
        "activity": shift.activity,
        "act": act,
        "outcome": outcome,
        "outcome_note": _(", ").join([outcome["row"].person.masked_name, outcome["row"].position.name]) if outcome and outcome.get("row") else "",
        "acts": [
            listing.Link(_("Check in"), f"{request.path}?act=in", current=act == "in"),
            listing.Link(_("Check out"), f"{request.path}?act=out", current=act == "out"),
        ],
        "list_href": f"{reverse('activities:manage', args=[shift.activity.code])}?shift={shift.pk}",
        "asked": asked,
        "asked_elsewhere": bool(request.GET.get("code")) and asked is None,
        "nonce": secrets.token_hex(12),
        "config": _config(request, shift, act=act),
        "short_title": words.said(_short(shift.activity.title)),
        "recent": Attendance.objects.filter(sign_up__shift=shift)
        .select_related("sign_up__person", "sign_up__position")
        .order_by("-in_at", "-pk")[:8],
        "came": Attendance.objects.filter(sign_up__shift=shift).count(),
        "expected": SignUp.objects.filter(shift=shift, state__in=queries.TAKEN).count(),
    }
    return render(request, "activities/scan.html", context, status=status)


def _row_of(shift: Shift, code: str) -> SignUp | None:
    return SignUp.objects.select_related("person", "position", "attendance").filter(shift=shift, code=code).first() if code else None


def _outcome(row: SignUp | None, *, act: str, nonce: str) -> dict | None:
    """Green when this scan did it, red when an earlier one had."""
    attendance = getattr(row, "attendance", None)
    if row is None or attendance is None:
        return None
    moment, ours = (attendance.out_at, attendance.out_nonce == nonce) if act == "out" else (attendance.in_at, attendance.in_nonce == nonce)
    if moment is None:
        return None
    done = _("Checked out") if act == "out" else _("Checked in")
    return {"tone": "success" if ours else "danger", "title": done if ours else _("Already done"), "row": row, "at": moment}


def _short(title: str) -> str:
    return title.split("：")[0][:12]


def _queue_of(by: Person | None) -> str:
    """Whose queue it is, without saying who."""
    return crypto.keyed_hash(str(by.pk if by else 0), purpose="door queue")[:16]


def _config(request: HttpRequest, shift: Shift, *, act: str) -> dict[str, Any]:
    """What the page needs to go on by itself: addresses, the words it says, whose queue it is."""
    return {
        "shift": shift.pk,
        "act": act,
        "zone": settings.TIME_ZONE,
        "account": _queue_of(reader(request)),
        "worker": reverse("activities:scan_worker"),
        "list": reverse("activities:take_list", args=[shift.pk]),
        "send": reverse("activities:receive_scans", args=[shift.pk]),
        "here": request.path,
        "prefix": f"{settings.SITE_URL}{reverse('activities:ticket', args=['CODE'])}".removesuffix("CODE/"),
        "letters": ids.ALPHABET,
        "words": {
            "listed": _("%(n)s on the list, ready"),
            "unlisted_yet": _("the list is not here yet"),
            "kept_in": _("Noted (not sent yet)"),
            "kept_out": _("Leaving noted (not sent yet)"),
            "taken_in": _("Checked in"),
            "taken_out": _("Checked out"),
            "unlisted": _("Not on the list, noted"),
            "waiting": _("On the waiting list, noted"),
            "young": _("Too young for this position, noted"),
            "suspended": _("Suspended, noted"),
            "again": _("Scanned before, %(time)s counts"),
            "again_short": _("Scanned before"),
            "foreign": _("This is not one of our codes"),
            "foreign_note": _("It was not opened. Please scan the person's own code."),
            "waits": _("%(n)s waiting to be sent"),
            "waits_note": _("Sent by itself as soon as there is network; keep this page open"),
            "none_waits": _("Everything is sent"),
            "none_waits_note": _("You may go on without network"),
            "signed_out": _("Please sign in again; nothing is lost"),
            "denied": _("You no longer check people here; export what is left"),
            "no_camera": _("The camera cannot be used here. Type the code instead."),
            "not_kept": _("This phone cannot keep scans. Please use the list."),
            "came": _("came %(time)s"),
            "left": _("left %(time)s"),
            "not_yet": _("Not here yet"),
            "waiting_short": _("On the waiting list"),
            "young_short": _("Too young for this position"),
            "suspended_short": _("Suspended"),
            "comma": _(", "),
            "to_settle": _("%(n)s to decide"),
        },
    }


@cache
def _worker() -> str:
    return (bundle.STATIC / "scanner-worker.js").read_text(encoding="utf-8")


@login_not_required
@require_GET
def scan_worker(request: HttpRequest) -> HttpResponse:
    """The script that opens a kept scanning page without network; a browser lets it answer for pages of shifts and for nothing else."""
    reach = reverse("activities:scan", args=[0]).removesuffix("0/scan/")
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": reach})


@require_GET
def take_list(request: HttpRequest, pk: int) -> JsonResponse:
    """The list that a phone takes along: no codes, no full names. With it comes what a page opened without network cannot know: whose phone it is now, and the token for sending."""
    shift = find_shift_for_work(request, pk)
    return JsonResponse(
        queries.list_to_take(shift)
        | {"open": queries.open_conflicts(shift).count(), "account": _queue_of(reader(request)), "token": get_token(request)},
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )


@require_POST
def receive_scans(request: HttpRequest, pk: int) -> JsonResponse:
    """A batch from a phone. Each scan is kept and answered by itself; one that makes no sense does not hold up the others."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    assert by is not None
    sent = _body(request.body if request.content_type == "application/json" else b"")
    scans = sent.get("scans")
    if not isinstance(scans, list) or len(scans) > BATCH:
        return JsonResponse({"error": "scans"}, status=422)
    if sent.get("account", _queue_of(by)) != _queue_of(by):  # somebody else is signed in on that phone by now
        return JsonResponse({"error": "account"}, status=403)
    results = [_received(shift, one, sent=sent, by=by) for one in scans]
    return JsonResponse({"now": _stamp(clock.now()), "results": results, "open": queries.open_conflicts(shift).count()})


def _body(raw: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _received(shift: Shift, one: Any, *, sent: dict[str, Any], by: Person, is_from_file: bool = False) -> dict[str, Any]:
    """One scan taken in: its nonce, the verdict, and the time that counts."""
    nonce = one.get("nonce") if isinstance(one, dict) else None
    scan = _read(one, sent=sent, is_from_file=is_from_file)
    if scan is None:
        return {"nonce": nonce, "verdict": "invalid"}
    try:
        kept = services.receive_scan(shift, sent=scan, by=by)
    except Refused as refusal:
        return {"nonce": nonce, "verdict": "invalid", "words": str(refusal.reason)}
    there = Attendance.objects.filter(sign_up=kept.sign_up).first() if kept.sign_up_id else None
    moment = (there.out_at if kept.act == "out" else there.in_at) if there else None
    return {"nonce": nonce, "verdict": kept.verdict, "words": kept.get_verdict_display(), "at": _stamp(moment) if moment else None}


def _read(one: Any, *, sent: dict[str, Any], is_from_file: bool) -> services.SentScan | None:
    if not isinstance(one, dict):
        return None
    nonce, code, act, device = (str(part) for part in (one.get("nonce"), one.get("code"), one.get("act"), sent.get("device")))
    device_at = _moment(one.get("at"))
    if not (_NONCE.fullmatch(nonce) and _CODE.fullmatch(code) and act in ("in", "out") and _DEVICE.fullmatch(device) and device_at):
        return None
    ago, offset = one.get("ago"), sent.get("offset")
    return services.SentScan(
        nonce=nonce,
        code=code,
        act=act,
        device=device,
        device_at=device_at,
        sent_at=None if is_from_file else _moment(sent.get("sent_at")),
        ago_ms=ago if _is_whole(ago) and abs(ago) <= LONGEST_MS and not is_from_file else None,
        offset=dt.timedelta(milliseconds=offset) if _is_whole(offset) and abs(offset) <= LONGEST_MS else dt.timedelta(0),
        shown=DoorScan.Shown.UNLISTED if one.get("shown") == DoorScan.Shown.UNLISTED else DoorScan.Shown.KEPT,
        is_from_file=is_from_file,
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _moment(milliseconds: Any) -> dt.datetime | None:
    if not _is_whole(milliseconds):
        return None
    try:
        moment = dt.datetime.fromtimestamp(milliseconds / 1000, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if 1900 < moment.year < 9000 else None


def _stamp(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def scans(request: HttpRequest, pk: int) -> HttpResponse:
    """What phones brought that could not simply be counted: the leader decides, one by one."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    every = queries.scans_of(shift)
    page = listing.page(request, queries.open_conflicts(shift), size=20)
    positions = list(shift.positions.order_by("order", "pk"))
    may_correct = bool(permissions.can_manage(by, shift.activity))
    doubles = Count("pk", filter=Q(verdict=DoorScan.Verdict.ALREADY, settlement__isnull=True))
    counts = DoorScan.objects.filter(shift=shift).aggregate(
        received=Count("pk"), taken=Count("pk", filter=Q(verdict=DoorScan.Verdict.TAKEN)), doubles=doubles
    )
    for scan in page.object_list:
        scan.choices = positions if scan.verdict in _PLACELESS and scan.sign_up else []
        scan.asks_time = scan.verdict in (DoorScan.Verdict.OUTSIDE, DoorScan.Verdict.CLOCK)
        scan.can_take = _can_take(scan, by, may_correct=may_correct)
        scan.note_words = _note(scan)
    context = {
        "shift": shift,
        "activity": shift.activity,
        "page": page,
        "settled": every.filter(settlement__isnull=False).order_by("-settlement__settled_at")[:20],
        **counts,
        "columns": [_("Person"), _("Scanned"), _("What was decided"), _("By"), _("Reason")],
    }
    return render(request, "activities/scans.html", context)


_PLACELESS = (DoorScan.Verdict.UNLISTED, DoorScan.Verdict.WAITING, DoorScan.Verdict.CANCELLED)


def _can_take(scan: DoorScan, by: Person | None, *, may_correct: bool) -> bool:
    """Whether counting it after all would change something that this person may change. The verb asks again."""
    if scan.sign_up is None or by is None or scan.sign_up.person_id == by.pk:
        return False
    if scan.verdict in (DoorScan.Verdict.YOUNG, DoorScan.Verdict.SUSPENDED):
        return False
    if scan.verdict != DoorScan.Verdict.ALREADY:
        return True
    there = getattr(scan.sign_up, "attendance", None)
    if there is None or there.confirmed_at is not None or not may_correct:
        return False
    return scan.scanned_at < there.in_at if scan.act == "in" else there.out_at is not None and scan.scanned_at > there.out_at


def _note(scan: DoorScan) -> str:
    """What the leader needs to decide."""
    there = getattr(scan.sign_up, "attendance", None) if scan.sign_up else None
    V = DoorScan.Verdict
    if scan.verdict == V.ALREADY and there is not None:
        moment = there.out_at if scan.act == "out" else there.in_at
        return _("%(time)s is written down, by %(method)s") % {
            "time": words.clock(moment),
            "method": there.get_out_method_display() if scan.act == "out" else there.get_in_method_display(),
        }
    if scan.sign_up is None:
        return _("This code belongs to nobody who signed up with this organisation.")
    if scan.verdict == V.UNLISTED:
        return _("Signed up for another time: %(when)s") % {"when": words.when(scan.sign_up.shift.starts_at)}
    if scan.verdict == V.YOUNG:
        return services.young_words(scan.sign_up.position)
    if scan.verdict == V.CLOCK:
        return _("The phone says %(when)s.") % {"when": words.when(scan.device_at)}
    if scan.verdict == V.OUTSIDE:
        return _("Check-in opens 30 minutes before the start and shuts 60 minutes after the end.")
    return ""


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Count one scan after all, or leave it out."""
    scan = get_object_or_404(DoorScan.objects.select_related("sign_up__person"), pk=pk)
    shift = scan.shift = find_shift_for_work(request, scan.shift_id)
    take = request.POST.get("act") == "take"
    position = Position.objects.filter(pk=whole_number(request.POST.get("position", "")), shift=shift).first()
    by = reader(request)
    assert by is not None
    try:
        services.settle_scan(
            scan, take=take, reason=request.POST.get("reason", ""), position=position, at=_time_on(shift, request.POST.get("at", "")), by=by
        )
    except Refused as refusal:
        messages.warning(request, str(refusal.reason))
    else:
        messages.success(request, _("Counted.") if take else _("Left out."))
    return see_other("activities:scans", shift.pk)


def _time_on(shift: Shift, typed: str) -> dt.datetime | None:
    """A time of day on the day of the shift."""
    try:
        time = parse_time(typed)
    except ValueError:
        time = None
    if time is None:
        return None
    return dt.datetime.combine(timezone.localtime(shift.starts_at).date(), time, tzinfo=timezone.get_current_timezone())


@require_POST
def leave_doubles(request: HttpRequest, pk: int) -> HttpResponse:
    """What two phones scanned counts once already: all of that at once."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    assert by is not None
    rows = [scan for scan in queries.open_conflicts(shift).filter(verdict=DoorScan.Verdict.ALREADY) if permissions.can_settle(by, scan)]
    for scan in rows:
        services.settle_scan(scan, take=False, by=by)
    messages.success(request, ngettext("%(n)s double scan left out.", "%(n)s double scans left out.", len(rows)) % {"n": len(rows)})
    return see_other("activities:scans", shift.pk)


@require_POST
def import_scans(request: HttpRequest, pk: int) -> HttpResponse:
    """The file a phone exported, where it never found network again."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    assert by is not None
    file = request.FILES.get("file")
    sent = _body(file.read()) if file is not None and (file.size or 0) <= FILE_BYTES else {}
    rows = sent.get("scans")
    if sent.get("liandong") != "door-scans" or not isinstance(rows, list) or len(rows) > FILE_SCANS:
        messages.warning(request, _("This is not a file of scans. It comes from “Export” on the scanning page."))
        return see_other("activities:scans", shift.pk)
    if sent.get("shift") != shift.pk:
        messages.warning(request, _("This file belongs to another shift."))
        return see_other("activities:scans", shift.pk)
    verdicts = [_received(shift, one, sent=sent, by=by, is_from_file=True)["verdict"] for one in rows]
    taken = sum(verdict == DoorScan.Verdict.TAKEN for verdict in verdicts)
    text = ngettext("%(n)s scan read, %(taken)s of them counted.", "%(n)s scans read, %(taken)s of them counted.", len(verdicts))
    messages.success(request, text % {"n": len(verdicts), "taken": taken})
    return see_other("activities:scans", shift.pk)
