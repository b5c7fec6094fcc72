"""Pages of service items: catalogues, hospitals' lists with their error rate, one list's queue (S1-12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.web import words
from alliance.web.access import get_or_404, permit
from alliance.web.form_fields import DayField
from alliance.web.refused import worded
from grouping import visible
from grouping.models import CatalogueItem, ItemCatalogue, ItemDecision, ItemList, ListedItem
from grouping.reports import asked, grid
from grouping.services import items

PER_PAGE = 50
KINDS: Mapping[str, Any] = {
    "code": gettext_lazy("code known"), "name": gettext_lazy("same name, other code"),
    "likely": gettext_lazy("likely"), "none": gettext_lazy("nothing alike"),
    "not_item": gettext_lazy("no item of the catalogue"),
}  # fmt: skip
CONFLICTS: Mapping[str, Any] = {
    "retired": gettext_lazy("code retired"), "name_differs": gettext_lazy("name of another item"),
    "unit_differs": gettext_lazy("unit differs"),
    "price_over_ceiling": gettext_lazy("price above the ceiling"),
}  # fmt: skip
FILE_HELP = gettext_lazy("csv or xlsx; first line: 编码, 名称, 单位, 价格 (catalogue: also 停用)")


class CatalogueForm(forms.Form):
    """The national catalogue from a day on."""

    title = forms.CharField(label=gettext_lazy("name"), max_length=120)
    from_date = DayField(label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label=gettext_lazy("source"), max_length=200)
    file = forms.FileField(label=gettext_lazy("file"), help_text=FILE_HELP)


class ListForm(forms.Form):
    """A hospital's items."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    file = forms.FileField(label=gettext_lazy("file"), help_text=FILE_HELP)

    def __init__(self, *args: Any, places: QuerySet[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = places  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What an item is: the entry found, another code, or none."""

    kind = forms.ChoiceField(choices=ItemDecision.Kind.choices)
    code = forms.CharField(max_length=40, required=False)


def seen(membership: Membership) -> QuerySet[ItemList]:
    """Lists of the member's institution, or all."""
    found = ItemList.objects.select_related("institution", "catalogue", "entered_by__user")
    own = membership.institution_id
    return found if own is None else found.filter(institution=own)


@permit("item.view")
@require_safe
def item_lists(request: Any) -> HttpResponse:
    """Each list with its error rate, newest first, and the catalogue in force."""
    rows = items.rates(seen(request.membership)[:200])
    context = {
        "title": _("Service items"), "catalogue": items.in_force(timezone.localdate()),
        "grid": _lists(rows), "catalogues": ItemCatalogue.objects.all()[:20],
    }  # fmt: skip
    return render(request, "grouping/reports/items.html", context)


def _lists(rows: list[items.Rate]) -> grid.Grid:
    columns = grid.columns(
        (_("file"), grid.HEAD), (_("institution"), grid.TEXT), (_("checked"), grid.TEXT),
        (_("items"), grid.NUMBER), (_("wrong codes"), grid.NUMBER),
        (_("against the list before"), grid.NUMBER),
        (_("share of wrong codes"), grid.KEY),
    )  # fmt: skip
    before = _before(rows)
    lines = [
        grid.row(
            grid.Cell(one.list.file_name, reverse("item-list", args=[one.list.pk])),
            one.list.institution.short_name, words.moment(one.list.entered_at), words.num(one.list.items),
            words.num(one.list.wrong), _trend(one, before.get(one.list.pk)),
            words.DASH if one.percent is None else f"{words.num(one.percent, 2)}%",
        )
        for one in rows
    ]  # fmt: skip
    return grid.Grid(columns, lines, caption=_("Lists of service items"))


def _before(rows: list[items.Rate]) -> dict[int, items.Rate]:
    """For each list the one of the same institution before it; `rows` are newest first."""
    found: dict[int, items.Rate] = {}
    later: dict[int, int] = {}
    for one in rows:
        if one.list.institution_id in later:
            found[later[one.list.institution_id]] = one
        later[one.list.institution_id] = one.list.pk
    return found


def _trend(now: items.Rate, before: items.Rate | None) -> str:
    if before is None or now.percent is None or before.percent is None:
        return words.DASH
    shown = words.diff(now.percent - before.percent, 2)
    return shown if shown == words.diff(0) else _("%(points)s pp") % {"points": shown}


@permit("item.view")
@require_safe
def item_list(request: Any, pk: int) -> HttpResponse:
    """The queue of one list: what to confirm, replace or put aside."""
    found = get_or_404(seen(request.membership), pk=pk)
    page = asked.whole_number(request.GET.get("page", "")) or 1
    waiting = items.queue(found)
    rows = list(waiting[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    left, rate = waiting.count(), items.rates([found])[0].percent
    context = {
        "title": _("%(left)s of %(items)s items to decide, error rate %(rate)s") % {
            "left": words.num(left), "items": words.num(found.items),
            "rate": words.DASH if rate is None else f"{words.num(rate, 2)}%",
        },
        "list": found, "rows": _shown_all(found, rows[:PER_PAGE]), "page": page,
        "more": len(rows) > PER_PAGE,
    }  # fmt: skip
    return render(request, "grouping/reports/item_list.html", context)


def _shown_all(found: ItemList, rows: list[ListedItem]) -> list[dict[str, Any]]:
    """The lines with the names of the entries found; one query."""
    codes = {row.found for row in rows if row.found}
    known = CatalogueItem.objects.filter(catalogue=found.catalogue_id, code__in=codes)
    names = dict(known.values_list("code", "name"))
    return [_shown(row, names) for row in rows]


def _shown(row: ListedItem, names: Mapping[str, str]) -> dict[str, Any]:
    others = [one for one in row.candidates if one[0] != row.found]
    return {
        "row": row, "kind": KINDS[row.kind], "found_name": names.get(row.found, ""), "others": others,
        "conflicts": [CONFLICTS[one] for one in row.conflicts], "bad": row.wrong,
        "confirmable": bool(row.found) and "retired" not in row.conflicts,
    }  # fmt: skip


@permit("item.decide")
@require_POST
@explained
def item_decide(request: Any, pk: int) -> HttpResponseBase:
    """Decide one item; the queue goes on where it was."""
    rows = ListedItem.objects.select_related("list__institution")
    found = get_or_404(rows.filter(list__in=seen(request.membership).values("pk")), pk=pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        decision = items.decide(by=request.membership, item=found, **form.cleaned_data)
        messages.success(
            request, _("%(item)s: %(kind)s.") % {"item": found, "kind": decision.get_kind_display()}
        )
    return redirect("item-list", found.list_id)


@permit("item.catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def item_catalogue_import(request: Any) -> HttpResponseBase:
    """Import a catalogue that holds from a day on."""
    posted = request.method == "POST"
    form = CatalogueForm(request.POST if posted else None, request.FILES if posted else None)

    def take() -> str:
        data = dict(form.cleaned_data)
        file = data.pop("file")
        made = items.import_catalogue(by=request.membership, name=file.name, content=file, **data)
        return _("%(n)s items are in the catalogue.") % {"n": words.num(made.items)}

    return _import(request, form, take, _("Import a catalogue"), _("Import the catalogue"))


@permit("item.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def item_list_import(request: Any) -> HttpResponseBase:
    """Check a hospital's items against the catalogue in force."""
    posted = request.method == "POST"
    places = visible.institutions(request.membership)
    form = ListForm(request.POST if posted else None, request.FILES if posted else None, places=places)

    def take() -> str:
        file = form.cleaned_data["file"]
        made = items.import_list(
            by=request.membership, institution=form.cleaned_data["institution"], name=file.name, content=file,
            on=timezone.localdate(),
        )  # fmt: skip
        said = {"n": words.num(made.items), "wrong": words.num(made.wrong)}
        return _("%(n)s items checked, %(wrong)s with a wrong code.") % said

    return _import(request, form, take, _("Check a list of items"), _("Check the list"))


def _import(
    request: Any, form: forms.Form, take: Callable[[], str], title: str, submit: str
) -> HttpResponseBase:
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, take())
        except Refused as refused:
            form.add_error("file", worded(refused))
        else:
            return redirect("items")
    context = {"title": title, "form": form, "submit": submit}
    return render(request, "grouping/reports/item_import.html", context, status=400 if form.errors else 200)
