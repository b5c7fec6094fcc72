"""Pages of declared values: list, enter, one value with its steps, change, evidence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.declared import forms, services, show, show_due, tables
from performance.declared.services.entering import Entry
from performance.declared.services.proving import attach
from performance.declared.uploads import KeptFiles
from performance.dictionary import book as dictionary
from performance.engine.amounts import typed
from performance.models import DeclaredValue
from performance.show import labels

VIEWS = ("waiting", "open", "all")
FASTER = "Somebody else was faster. Look again: nothing of yours was stored."


@permit("declared.view")
@require_safe
def value_list(request: Any) -> HttpResponse:
    """Declared values of the own institution, or of all."""
    member, view = request.membership, request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    rows = show.of_view(DeclaredValue.objects.seen_by(member).named(), view, member)
    return lists.answer(
        request, "performance/declared/list.html", rows, tables.ValueTable, filterset=tables.ValueFilter,
        tabs=show.tabs(view, member), empty=tables.empty(),
        extra={"title": _("Declared values"), "enters": member.can("declared.enter"),
               "imports": member.can("declared.enter"),
               "rooms": show_due.tabs("declared", member)},
    )  # fmt: skip


@permit("declared.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """Choose the indicator, then enter its numbers; what was typed and uploaded stays when it is refused."""
    chosen = forms.ChooseForm(
        request.GET if "indicator" in request.GET else None,
        membership=request.membership, today=timezone.localdate(),
    )  # fmt: skip
    context: dict[str, Any] = {"title": _("Declare values"), "choose": chosen}
    if not chosen.is_valid():
        status = 400 if chosen.errors else 200
        return render(request, "performance/declared/enter.html", context, status=status)
    form = _entry_form(request, chosen)
    entry = dictionary.entries()[chosen.cleaned_data["indicator"]]
    context |= {"form": form, "entry": entry, "indicator": labels.named(entry.indicator),
                "definition": labels.defined(entry.indicator)}  # fmt: skip
    if request.method == "POST":
        if form.is_valid() and (made := _enter(request, form, form.declared())):
            if len(made) == 1:
                return redirect("declared-value", made[0].pk)
            return redirect(f"{reverse('declared')}?view=open")  # where rows on their way stand
        context["kept"] = KeptFiles(request, form.cleaned_data.get("files") or ()).waiting()
    return _form_page(request, "performance/declared/enter.html", context)


def _form_page(request: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with a form; of a refused one, the files that came with it are kept."""
    answer = render(request, template, context, status=400 if context["form"].errors else 200)
    answer.keeps = bool(context.get("kept"))  # type: ignore[attr-defined]
    return answer


def _entry_form(request: Any, chosen: forms.ChooseForm) -> forms.EntryForm:
    data, member, posted = chosen.cleaned_data, request.membership, request.method == "POST"
    return forms.EntryForm(
        request.POST if posted else None, request.FILES if posted else None,
        entry=dictionary.entries()[data["indicator"]], month=Month.parse(data["month"]), level=data["level"],
        institution=data.get("institution", member.institution), membership=member,
    )  # fmt: skip


def _enter(request: Any, form: Any, entries: list[Entry]) -> list[DeclaredValue]:
    """Store the numbers with their evidence, submit them when asked to; all or none."""
    now, by = timezone.now(), request.membership
    try:
        with transaction.atomic():
            made = services.enter(by=by, entries=entries, now=now)
            attach(by=by, values=made, kept=KeptFiles(request, form.cleaned_data["files"]).all(), now=now)
            if request.POST.get("do") == "submit":
                made = services.submit_all(by=by, rows=made, now=now)
    except Refused as error:
        key = error.params.get("key")
        add_refusal(form, error, f"{forms.VALUE}{key}" if key else None)
        return []
    except Stale:
        form.add_error(None, _(FASTER))
        return []
    said = ngettext("%(n)d value is entered.", "%(n)d values are entered.", len(made)) % {"n": len(made)}
    if request.POST.get("do") == "submit":
        said += " " + _("A second person confirms.")
    messages.success(request, said)
    return made


@permit("declared.view")
@require_safe
def value(request: Any, pk: int) -> HttpResponse:
    """One value."""
    return render(
        request, "performance/declared/value.html", show.page(_row(request, pk), request.membership)
    )


def _row(request: Any, pk: int) -> DeclaredValue:
    return get_or_404(DeclaredValue.objects.seen_by(request.membership).named(), pk=pk)


@permit("declared.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Any, pk: int) -> HttpResponseBase:
    """Change what is not submitted; a confirmed value is corrected by its next revision."""
    row, posted = _row(request, pk), request.method == "POST"
    correcting = row.state == DeclaredValue.State.CONFIRMED
    shown = typed(row.value, labels.facts()[row.fact].unit)
    form = forms.ChangeForm(
        request.POST if posted else None, request.FILES if posted else None, row=row, typed=shown
    )
    context = {
        "title": _("Correct a confirmed value") if correcting else _("Change a declared value"), "row": row,
        "form": form, "correcting": correcting, **_said(row),
        "version": asked.version(request) or row.version,
    }  # fmt: skip
    if posted:
        if form.is_valid() and (done := _change(request, row, form, correcting)):
            return redirect("declared-value", done.pk)
        context["kept"] = KeptFiles(request, form.cleaned_data.get("files") or ()).waiting()
    return _form_page(request, "performance/declared/change.html", context)


def _said(row: DeclaredValue) -> dict[str, Any]:
    page = show.facts(row)
    return {"facts_value": page, "fact": labels.named(labels.facts()[row.fact])}


def _change(request: Any, row: DeclaredValue, form: Any, correcting: bool) -> DeclaredValue | None:
    data, by, now = form.cleaned_data, request.membership, timezone.now()
    kept = KeptFiles(request, data["files"])
    try:
        with transaction.atomic():
            if correcting:
                place = services.Place(row.institution, row.department, row.staff, row.team)
                entry = Entry(place, row.fact, row.span, data["value"], data["responsible"], data["note"])
                moved = services.enter(by=by, entries=[entry], now=now)[0]
            else:
                moved = services.change(
                    by=by, row=row, value=data["value"], responsible=data["responsible"], note=data["note"],
                    version=asked.version(request),
                )  # fmt: skip
            attach(by=by, values=[moved], kept=kept.all(), now=now)
    except Refused as error:
        add_refusal(form, error)
    except Stale:
        form.add_error(None, _(FASTER))
    else:
        messages.success(request, _("Stored. Submit it when it is ready."))
        return moved
    return None


# The steps of the page: the right each needs, its service, and whether it says why.
DEEDS: dict[str, tuple[str, Any, bool]] = {
    "submit": ("declared.enter", services.submit, False),
    "confirm": ("declared.confirm", services.confirm, False),
    "send-back": ("declared.confirm", services.send_back, True),
    "withdraw": ("declared.enter", services.withdraw, True),
}


@permit("declared.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Submit, confirm, send back, withdraw."""
    row, by = _row(request, pk), request.membership
    if step not in DEEDS:
        raise Http404
    right, deed, explained = DEEDS[step]
    require(by, right)
    why = forms.WhyForm(request.POST if explained else {"why": "-"}, auto_id=f"{step}-%s")
    if why.is_valid():
        said = {"why": why.cleaned_data["why"]} if explained else {"now": timezone.now()}
        try:
            deed(by=by, row=row, version=asked.version(request), **said)
            return redirect("declared-value", pk)
        except Refused as error:
            add_refusal(why, error)
        except Stale:
            messages.error(request, _(FASTER))
            typed_in = [parts.Fact(_("why"), said["why"])] if explained else []
            page = show.page(_row(request, pk), by, typed=typed_in)
            return render(request, "performance/declared/value.html", page, status=409)
    if not explained:
        for sentence in why.non_field_errors():
            messages.error(request, sentence)
    return render(request, "performance/declared/value.html", show.page(row, by, why=why), status=400)


@permit("declared.view")
@require_safe
def proof(request: Any, pk: int, file: int) -> HttpResponseBase:
    """One evidence file; each download is journaled."""
    row = _row(request, pk)
    found = get_or_404(show.files(row).filter(file__deleted_at=None), pk=file)
    return fetched(request, found.file)
