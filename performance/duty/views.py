"""Pages of responsibility letters: the own, signing, who is missing, versions of the text."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.services import journal
from alliance.web import lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.duty import forms, show, tables
from performance.duty.models import LIST, RUN, SIGN, VIEW, LetterVersion, Signature
from performance.duty.services import rounds, signing, versions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = ["GET", "HEAD", "POST"]


@permit(VIEW)
@require_safe
def mine(request: Any) -> HttpResponse:
    """The own letter."""
    return render(request, "duty/mine.html", show.mine(request.membership, timezone.now()))


@never_cache
@sensitive_post_parameters("password")
@permit(VIEW, SIGN)
@require_http_methods(FORM)
def sign(request: Any) -> HttpResponseBase:
    """Read, tick, sign; a wrong password counts as at the door of sign-in."""
    by, now = request.membership, timezone.now()
    version = versions.in_force(timezone.localdate(now))
    if version is None or not signing.asks(version, by):
        return redirect("duty-mine")
    if stands := signing.standing(by, version, timezone.localdate(now)):  # another window was faster
        said = pgettext("duty", "You have signed this letter already; it holds until %(day)s.")
        messages.info(request, said % {"day": words.day(stands.valid_to)})
        return redirect("duty-letter", stands.pk)
    form, keeps = forms.SignForm(request.POST or None, version=version), False
    if request.method == "POST" and form.is_valid():

        def confirms(user: Any, password: str) -> bool:
            found = authenticate(request, username=user.get_username(), password=password)
            return found is not None and found.pk == user.pk

        try:
            row = signing.sign(
                by=by, seen=form.cleaned_data["seen"], read=form.read(),
                password=form.cleaned_data["password"], now=now, confirms=confirms,
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
            keeps = error.reason == "password"  # the guess that was counted
        else:
            messages.success(request, pgettext("duty", "Signed. Thank you for reading it."))
            return redirect("duty-letter", row.pk)
    context = {"title": version.title, "version": version, "form": form, "held": None}
    response: Any = render(request, "duty/sign.html", context, status=400 if form.errors else 200)
    response.keeps = keeps
    return response


def _found(request: Any, pk: int) -> Signature:
    return get_or_404(Signature.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def letter(request: Any, pk: int) -> HttpResponse:
    """One signed letter."""
    return render(request, "duty/letter.html", show.letter(_found(request, pk), timezone.localdate()))


@permit(VIEW)
@require_safe
def letter_sheet(request: Any, pk: int) -> HttpResponse:
    """The signed letter on A4."""
    return render(request, "duty/letter_sheet.html", show.letter(_found(request, pk), timezone.localdate()))


def _place(request: Any) -> Institution | None:
    """The institution the address asks for, of those the member sees."""
    said, here = request.GET.get("institution", ""), request.membership.institution_id
    if not said.isdecimal() or len(said) > 18:
        return None
    rows = Institution.objects.all() if here is None else Institution.objects.filter(pk=here)
    found: Institution | None = rows.filter(pk=int(said)).first()
    return found


@permit(VIEW, LIST)
@require_safe
def rounds_page(request: Any) -> HttpResponse:
    """Who must sign and has, by institution and department; the list."""
    member, today = request.membership, timezone.localdate()
    round_ = rounds.current(None)
    if round_ is None:
        context = {"title": pgettext("duty", "Who has signed"), "tabs_room": show.tabs("duty", member)}
        return render(request, "duty/no_round.html", {**context, "runs": member.can(RUN)})
    request.duty_day = today
    # Who is missing first, the longest due at the head; then those whose letter ends next.
    rows = rounds.within(rounds.due(round_, today), member).order_by(
        F("valid_to").asc(nulls_first=True), "due_on", "institution__code", "department__code", "user__name"
    )
    return lists.answer(
        request, "duty/round.html", rows, partial(tables.DutyTable, today=today), filterset=tables.DutyFilter,
        empty=tables.NONE, extra=show.round_page(round_, member, today, _place(request)),
    )  # fmt: skip


def _people(request: Any) -> tuple[Any, list[Any], str]:
    """The open round and the list the address asks for: who has not signed, unless it says otherwise."""
    round_ = rounds.current(None)
    if round_ is None:
        raise Http404
    place, state = _place(request), request.GET.get("state", "")
    state = state if state in dict(tables.CHOICES) else "missing"
    people = show.lines(round_, request.membership, timezone.localdate(), place.pk if place else None, state)
    return round_, people, state


@permit(VIEW, LIST)
@require_safe
def workbook(request: Any) -> HttpResponse:
    """The list as a workbook."""
    round_, people, state = _people(request)
    rows, body = show.workbook(people, timezone.localdate()), io.BytesIO()
    sheets.write_xlsx(body, rows, title=_("Responsibility letters"))
    journal.write(
        by=request.membership,
        verb="duty.exported",
        about=round_,
        request=request,
        rows=len(people),
        state=state,
    )
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="responsibility-letters.xlsx"'
    return response


@permit(VIEW, LIST)
@require_safe
def sheet(request: Any) -> HttpResponse:
    """The list on A4."""
    round_, people, state = _people(request)
    today = timezone.localdate()
    context = {
        "title": dict(tables.CHOICES)[state], "round": round_, "version": round_.version, "today": today,
        "lines": [(one, show.said(one, today)) for one in people],
    }  # fmt: skip
    return render(request, "duty/sheet.html", context)


@permit(VIEW, RUN)
@require_POST
def remind(request: Any, code: str) -> HttpResponseBase:
    """Remind those of an institution who have not signed."""
    place = get_or_404(Institution.objects.filter(is_active=True), code=code)
    round_ = rounds.current(None)
    if round_ is None:
        raise Http404
    try:
        made = rounds.remind(by=request.membership, round=round_, institution=place, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
    else:
        said = pgettext("duty", "Reminder %(number)s is in the inbox of who is missing and their heads.")
        messages.success(request, said % {"number": made.number})
    return redirect("duty")


@permit(VIEW, RUN)
@require_POST
def end(request: Any) -> HttpResponseBase:
    """End the open round."""
    round_ = rounds.current(None)
    if round_ is None:
        raise Http404
    rounds.end_round(by=request.membership, round=round_, now=timezone.now())
    messages.success(request, pgettext("duty", "The round has ended. Signatures stand."))
    return redirect("duty")


@permit(VIEW)
@require_safe
def version_list(request: Any) -> HttpResponse:
    """All versions of the text."""
    today = timezone.localdate()
    now_in_force = versions.in_force(today)
    rows = LetterVersion.objects.select_related("entered_by__user", "enforced_by__user")
    member = request.membership
    if not member.can(LIST):
        rows = rows.exclude(enforced_at=None)
    context = {
        "title": pgettext("duty", "Versions of the text"), "tabs_room": show.tabs("duty-versions", member),
        "rows": [(row, show.version_chip(row, now_in_force, today)) for row in rows],
        "runs": member.institution_id is None and member.can(RUN),
    }  # fmt: skip
    return render(request, "duty/versions.html", context)


def _version(request: Any, pk: int) -> LetterVersion:
    rows = LetterVersion.objects.select_related("entered_by__user", "enforced_by__user")
    return get_or_404(rows if request.membership.can(LIST) else rows.exclude(enforced_at=None), pk=pk)


@permit(VIEW)
@require_safe
def version(request: Any, pk: int) -> HttpResponse:
    """One version."""
    page = show.version_page(_version(request, pk), request.membership, timezone.now(), {})
    return render(request, "duty/version.html", page)


@permit(VIEW)
@require_safe
def version_text(request: Any, pk: int) -> HttpResponse:
    """The canonical text whose SHA-256 is the digest, byte by byte: for checking elsewhere."""
    row = _version(request, pk)
    response = HttpResponse(row.canonical.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="responsibility-letter-v{row.number}.json"'
    return response


@permit(VIEW, RUN)
@require_http_methods(FORM)
def enter(request: Any) -> HttpResponseBase:
    """Enter the next version, beginning with the newest or the text of the product."""
    first = None if request.method == "POST" else forms.beginning(LetterVersion.objects.first())
    if first is not None:
        first |= {"from_date": timezone.localdate()}
    form = forms.VersionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = versions.enter(
                by=request.membership, text=form.text(), from_date=said["from_date"],
                decided_by=said["decided_by"], document=said["document"], now=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, pgettext("duty", "Entered. Another person puts it in force."))
            return redirect("duty-version", row.pk)
    context = {"title": pgettext("duty", "Enter a version"), "form": form}
    return render(request, "duty/enter.html", context, status=400 if form.errors else 200)


@permit(VIEW, RUN)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Put a version in force; open a round of it."""
    row, by, now = _version(request, pk), request.membership, timezone.now()
    if step == "enforce":
        try:
            versions.enforce(by=by, version=row, now=now)
        except Refused as error:
            messages.error(request, worded(error))
        return redirect("duty-version", pk)
    if step != "open":
        raise Http404
    form = forms.RoundForm(request.POST, auto_id="open-%s")
    if form.is_valid():
        try:
            rounds.open_round(by=by, version=row, now=now, **form.cleaned_data)
            return redirect("duty")
        except Refused as error:
            add_refusal(form, error)
    page = show.version_page(row, by, now, {"open": form})
    return render(request, "duty/version.html", page, status=400)
