"""A draft is edited: weights, forms of scoring, rules, name and day; nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.drafting import bounds_forms, forms, show, words
from performance.drafting.views.page import draft_or_404, editor, keep, open_or_409
from performance.engine import editing
from performance.engine.amounts import AmountRefused, read
from performance.engine.evaluators import Evaluators
from performance.engine.scheme import Item, Scheme, check
from performance.models import Level, SchemeVersion
from performance.services import drafts, judging, schemes, trials
from performance.show import labels

FORM = ["GET", "HEAD", "POST"]


@permit("performance_scheme.edit")
@require_http_methods(FORM)
def draft_begin(request: Any, pk: int) -> HttpResponseBase:
    """Copy a published version as a draft."""
    base = get_or_404(SchemeVersion.objects.all(), pk=pk)
    first = {"label": f"{base.version}+", "month": str(Month.of(timezone.localdate()).next())}
    form = forms.CopyForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            draft = drafts.copy(
                by=request.membership, base=base, label=data["label"], from_date=data["month"].first_day,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error, field="label")
        else:
            return redirect("performance-draft", draft.pk)
    context = {"title": _("Copy as a draft"), "version": base, "form": form}
    return render(request, "performance/drafting/begin.html", context, status=400 if form.errors else 200)


@permit("performance_scheme.view")
@require_safe
def draft(request: Any, pk: int) -> HttpResponse:
    """The editor: weights, checks, what it does to the last settled month."""
    return editor(request, draft_or_404(request, pk))


@permit("performance_scheme.edit")
@require_POST
def draft_weights(request: Any, pk: int) -> HttpResponseBase:
    """Keep the weights as they stand in the table; with HTMX and `check` only look at them."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    typed, refused = _typed(request.POST, found.scheme())
    if "check" in request.GET:
        scheme = typed or found.scheme()
        return render(
            request, "performance/drafting/_checks.html",
            {"checks": show.checks_of(found, scheme),
             "matrix": show.matrix(scheme, None, None), "refused": refused},
        )  # fmt: skip
    if typed is None:
        return editor(request, found, refused=refused, status=400)
    return keep(request, found, typed, _("The weights are kept."))


def _typed(posted: Any, scheme: Scheme) -> tuple[Scheme | None, str]:
    """The scheme with the weights typed; or None and which of them is no number."""
    weights: dict[tuple[str, str], Decimal] = {}
    names = words.Names(scheme, schemes.known_indicators())
    for column in scheme.columns:
        for item in column.items:
            text = posted.get(forms.weight_name(column, item), "").strip()
            number = _number(text)
            if number is None:
                where = f"{names.column(column.code)} · {names.of(item.indicator)}"
                said = _("%(where)s: “%(text)s” is no weight between 0 and 100.")
                return None, said % {"where": where, "text": text[:20]}
            weights[column.code, item.indicator] = number
    return editing.weigh(scheme, weights), ""


def _number(text: str) -> Decimal | None:
    try:
        found = read(text, "weight").normalize()
    except AmountRefused:
        return None
    return found if found <= 100 else None


@permit("performance_scheme.view")
@require_safe
def draft_effect(request: Any, pk: int) -> HttpResponse:
    """The panel beside the editor: the last settled month under the draft as it is stored."""
    found = draft_or_404(request, pk)
    judges, whole = judging.other_judges(found), "all" in request.GET
    context = {"draft": found, **_effect(found.scheme(), found.level, judges, whole=whole)}
    return render(request, "performance/drafting/_effect.html", context)


def _effect(scheme: Scheme, level: str, judges: Evaluators | None, *, whole: bool) -> dict[str, Any]:
    if level != Level.INSTITUTION:
        return {"why_not": _("This scheme shares no money; its trial shows how the scores would change.")}
    settled = trials.settled_months()[-1:]
    if not settled:
        return {"why_not": _("No month has been settled yet.")}
    if check(scheme, schemes.known_indicators(level)):
        return {"why_not": _("The effect is computed as soon as every rule holds.")}
    try:
        (found,) = trials.tried(scheme, settled, judges)
    except Refused as error:
        return {"why_not": worded(error)}
    return {"effect": show.effect(found, show.places(), scheme, whole=whole)}


@permit("performance_scheme.edit")
@require_http_methods(FORM)
def draft_item(request: Any, pk: int, column: str, indicator: str) -> HttpResponseBase:
    """How one indicator is scored in one column."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    scheme, known = found.scheme(), schemes.known_indicators()
    item = _item(scheme, column, indicator)
    form = forms.ItemForm(
        request.POST or None, scheme=scheme, indicator=known[indicator], initial=forms.initial_of(item)
    )
    if request.method == "POST" and form.is_valid():
        return keep(
            request, found, editing.put(scheme, column, form.item()), _("The form of scoring is kept.")
        )
    names = words.Names(scheme, known)
    context = {
        "title": f"{names.of(indicator)} · {names.column(column)}", "draft": found, "form": form,
        "column": column, "indicator": known[indicator], "asked_by": asked_by(),
        "definition": labels.defined(known[indicator]),
        "here": f"{request.path}?version={found.version}",
    }  # fmt: skip
    return render(request, "performance/drafting/item.html", context, status=400 if form.errors else 200)


def asked_by() -> list[tuple[str, str]]:
    """The fields of the numbers, each with the forms of scoring that ask for it, as a page marks them."""
    names = dict.fromkeys(name for fields in words.FIELDS.values() for name in fields)
    return [
        (name, " ".join(kind for kind, fields in words.FIELDS.items() if name in fields)) for name in names
    ]


def _item(scheme: Scheme, column: str, indicator: str) -> Item:
    known = schemes.known_indicators()
    for one in scheme.columns:
        for item in one.items:
            if (one.code, item.indicator) == (column, indicator) and indicator in known:
                return item
    raise Http404


@permit("performance_scheme.edit")
@require_POST
def draft_take_out(request: Any, pk: int, column: str, indicator: str) -> HttpResponseBase:
    """One indicator less in a column."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    scheme = found.scheme()
    try:
        less = editing.take_out(scheme, column, indicator)
    except editing.EditRefused as error:
        return editor(request, found, refused=worded(error), status=400)
    return keep(request, found, less, _("The indicator is taken out of this column."))


@permit("performance_scheme.edit")
@require_http_methods(FORM)
def draft_add(request: Any, pk: int) -> HttpResponseBase:
    """One indicator more."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    scheme, known = found.scheme(), schemes.known_indicators(found.level, new=True)
    first = {
        "indicator": request.GET.get("indicator", "")[:60],
        "dimension": request.GET.get("dimension", "")[:60],
        "columns": [text[:60] for text in request.GET.getlist("columns")][:20],
    }
    form = forms.AddForm(request.POST or None, scheme=scheme, known=known, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            for column in data["columns"]:
                item = Item(
                    data["indicator"], data["dimension"], data["weight"],
                    editing.first_form(known[data["indicator"]], scheme),
                )  # fmt: skip
                scheme = editing.add(scheme, column, item)
        except editing.EditRefused as error:
            add_refusal(form, error, field="indicator")
        else:
            return keep(request, found, scheme, _("Added. Look at its form of scoring next."))
    context = {
        "title": _("Add an indicator"), "draft": found, "form": form,
        "here": f"{request.path}?version={found.version}",
    }  # fmt: skip
    return render(request, "performance/drafting/add.html", context, status=400 if form.errors else 200)


@permit("performance_scheme.edit")
@require_http_methods(FORM)
def draft_bounds(request: Any, pk: int) -> HttpResponseBase:
    """What dimensions must weigh and the floors."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    scheme = found.scheme()
    form = bounds_forms.BoundsForm(request.POST or None, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        bound = editing.bound(scheme, blocks=form.blocks(), floors=form.floors())
        return keep(request, found, bound, _("The rules are kept."))
    context = {
        "title": _("Rules of the weights"), "draft": found, "form": form,
        "here": f"{request.path}?version={found.version}",
    }  # fmt: skip
    return render(request, "performance/drafting/bounds.html", context, status=400 if form.errors else 200)


@permit("performance_scheme.edit")
@require_http_methods(FORM)
def draft_terms(request: Any, pk: int) -> HttpResponseBase:
    """Name, version and first month."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    first = {"name": found.name, "label": found.label, "month": str(Month.of(found.from_date))}
    form = forms.TermsForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        scheme = replace(found.scheme(), version=data["label"])
        said, begins = _("Name and day are kept."), data["month"].first_day
        return keep(request, found, scheme, said, name=data["name"], from_date=begins)
    context = {
        "title": _("Name and day"), "draft": found, "form": form,
        "here": f"{request.path}?version={found.version}",
    }  # fmt: skip
    return render(request, "performance/drafting/terms.html", context, status=400 if form.errors else 200)
