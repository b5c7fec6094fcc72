"""Pages of tariffs: what holds today, its history, sheets on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.web import parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from alliance.web.words import DASH
from grouping import drafts
from grouping.models import MONEY, Tariff, TariffKind, TariffSheet
from grouping.services import tariff
from grouping.services.past import PastUnconfirmed
from grouping.tariffs import forms, words
from grouping.versions import backdating

HISTORY = 100


@dataclass(frozen=True)
class Shown:
    """One row as a page shows it."""

    key: str
    value: str
    since: str
    before: str = ""
    terms: str = ""
    by: str = ""


@dataclass(frozen=True)
class Panel:
    """One kind: what holds, what came before, where a new sheet begins."""

    kind: str
    name: str
    rows: Sequence[Shown]
    later: Sequence[Shown]
    url: str


@permit("tariff.view")
@require_safe
def tariffs(request: Any) -> HttpResponse:
    """What holds today and what is decided for later, by kind; drafts on top."""
    today = timezone.localdate()
    rows = list(Tariff.objects.select_related("sheet", "institution"))
    drafts = TariffSheet.objects.filter(state=TariffSheet.State.DRAFT).select_related("made_by__user")[:50]
    return render(request, "grouping/tariffs/tariffs.html", {
        "title": _("Rates and coefficients"), "panels": [_panel(kind, rows, today) for kind in TariffKind],
        "drafts": drafts, "today": today, "linked": tariff.quality_linked(today),
    })  # fmt: skip


def _panel(kind: str, rows: Sequence[Tariff], today: date) -> Panel:
    own = [row for row in rows if row.kind == kind]
    now = {row.key: row for row in own if row.from_date <= today}
    later = [row for row in own if row.from_date > today]
    return Panel(
        kind, str(TariffKind(kind).label), [_shown(row) for row in now.values()],
        [_shown(row) for row in later],
        reverse("tariff-new", args=[kind]),
    )  # fmt: skip


def _shown(row: Tariff) -> Shown:
    name = (
        words.key(row.kind, row.key, {})
        if row.institution is None
        else str(row.institution.short_name or row.institution.name)
    )
    said = f"{row.sheet.decided_by} {row.sheet.source}".strip()
    return Shown(
        name, words.value(row.kind, row.value), row.from_date.isoformat(), "", words.terms(row.terms), said
    )


@permit("tariff.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def tariff_new(request: Any, kind: str) -> HttpResponseBase:
    """A new sheet, filled with what holds today."""
    if kind not in TariffKind.values:
        raise Http404
    held = {key: _plain(row) for key, row in tariff.in_force(kind, timezone.localdate()).items()}
    return _edited(request, kind, held, None)


def _plain(row: Tariff) -> str:
    """A value as it is kept in a sheet: whole fen, or a factor without idle zeros."""
    return str(int(row.value)) if row.kind in MONEY else f"{row.value.normalize():f}"


@permit("tariff.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def tariff_edit(request: Any, pk: int) -> HttpResponseBase:
    """Change a draft."""
    sheet = get_or_404(TariffSheet.objects.filter(state=TariffSheet.State.DRAFT), pk=pk)
    return _edited(request, sheet.kind, {row["key"]: row["value"] for row in sheet.rows}, sheet)


def _edited(request: Any, kind: str, values: dict[str, str], sheet: TariffSheet | None) -> HttpResponseBase:
    form, moved = _form(kind, values, sheet, request.POST or None), list[drafts.Moved]()
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep(request, kind, form, sheet)
        except Refused as refused:
            form.add_error(None, worded(refused))
        except drafts.EditedMeanwhile as meanwhile:
            moved = [replace(one, label=str(form.fields[one.key].label)) for one in meanwhile.moved]
            form = _again(request, kind, sheet)
        else:
            return redirect("tariff-sheet", kept.pk)
    context = {
        "title": str(TariffKind(kind).label), "form": form, "groups": form.groups(), "sheet": sheet,
        "moved": moved,
    }  # fmt: skip
    status = 409 if moved else 400 if form.errors else 200
    return render(request, "grouping/tariffs/edit.html", context, status=status)


def _form(kind: str, values: dict[str, str], sheet: TariffSheet | None, data: Any) -> Any:
    """The form of a kind, which says what it was filled with."""
    made = forms.FORMS[TariffKind(kind)](data, values=values, initial=_initial(sheet))
    made.fields[drafts.READ].initial = drafts.written(made.as_read() if sheet is not None else {})
    return made


def _stored(sheet: TariffSheet) -> Any:
    """The form as somebody would open it now."""
    return _form(sheet.kind, {row["key"]: row["value"] for row in sheet.rows}, sheet, None)


@transaction.atomic
def _keep(request: Any, kind: str, form: Any, sheet: TariffSheet | None) -> TariffSheet:
    """Keep the draft unless it is another one than the form was opened with. Raises EditedMeanwhile."""
    if sheet is not None:
        locked = TariffSheet.objects.select_for_update().get(pk=sheet.pk)
        drafts.check(drafts.read(form.cleaned_data[drafts.READ]), _stored(locked).as_read())
    return tariff.keep(
        by=request.membership, kind=kind, rows=form.rows(), sheet=sheet,
        **{name: form.cleaned_data[name] for name in form.common},
    )  # fmt: skip


def _again(request: Any, kind: str, sheet: TariffSheet | None) -> Any:
    """What was typed, in a form of the draft as it is now."""
    assert sheet is not None
    sheet.refresh_from_db()
    now = _stored(sheet).as_read()
    data = drafts.merged(request.POST, drafts.read(request.POST.get(drafts.READ)), now)
    return _form(kind, {row["key"]: row["value"] for row in sheet.rows}, sheet, data)


def _initial(sheet: TariffSheet | None) -> dict[str, Any]:
    if sheet is None:
        return {}
    found: dict[str, Any] = {name: getattr(sheet, name) for name in forms.SheetForm.common}
    if sheet.kind == TariffKind.ADJUSTMENT:
        (row,) = sheet.rows
        terms = row["terms"]
        found |= {**terms, "code": row["key"], "factor": row["value"], "drgs": " ".join(terms["drgs"])}
    return found


@permit("tariff.view")
@require_safe
def tariff_sheet(request: Any, pk: int) -> HttpResponse:
    """One sheet: its rows beside what holds, what may be done with it."""
    sheet = get_or_404(TariffSheet.objects.select_related("made_by__user"), pk=pk)
    open_ = tariff.waiting(sheet)
    return render(request, "grouping/tariffs/sheet.html", {
        "title": str(sheet), "sheet": sheet, "rows": beside(sheet), "waiting_approval": open_,
        "actions": _actions(sheet, request.membership, waits=open_ is not None),
    })  # fmt: skip


def beside(sheet: TariffSheet) -> list[Shown]:
    """The rows of a sheet with the value before."""
    held = tariff.before(sheet)
    places = words.places()
    return [
        Shown(
            words.key(sheet.kind, row["key"], places), words.value(sheet.kind, row["value"]),
            sheet.from_date.isoformat(),
            words.value(sheet.kind, held[row["key"]].value) if row["key"] in held else DASH,
            words.terms(row["terms"]),
        )
        for row in sheet.rows
    ]  # fmt: skip


def _actions(sheet: TariffSheet, membership: Any, *, waits: bool) -> list[parts.Action]:
    if sheet.state != TariffSheet.State.DRAFT or waits or not membership.can("tariff.edit"):
        return []
    found = [
        parts.Action(_("Change"), reverse("tariff-edit", args=[sheet.pk]), "adjust", get=True),
        parts.Action(_("Discard"), reverse("tariff-discard", args=[sheet.pk]), "ban"),
    ]
    if membership.can("tariff.propose"):
        url = reverse("tariff-propose", args=[sheet.pk])
        found.append(parts.Action(_("Propose to put in force"), url, "send", "primary"))
    return found


@permit("tariff.edit")
@require_POST
def tariff_discard(request: Any, pk: int) -> HttpResponseBase:
    """Put a draft aside."""
    sheet = get_or_404(TariffSheet.objects.all(), pk=pk)
    try:
        tariff.discard(by=request.membership, sheet=sheet)
    except Refused as refused:
        messages.error(request, worded(refused))
    return redirect("tariffs")


@permit("tariff.propose")
@require_POST
def tariff_propose(request: Any, pk: int) -> HttpResponseBase:
    """Propose that a sheet's rows hold; another person decides."""
    sheet = get_or_404(TariffSheet.objects.all(), pk=pk)
    try:
        tariff.propose(
            by=request.membership, sheet=sheet, on=timezone.localdate(), confirmed=backdating.ticked(request)
        )
    except PastUnconfirmed:
        return backdating.page(
            request, day=sheet.from_date, scheme=False, sent={}, back=reverse("tariff-sheet", args=[pk])
        )
    except Refused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("Proposed. It holds when a second person has agreed."))
    return redirect("tariff-sheet", pk)
