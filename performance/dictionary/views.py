"""Pages of the dictionary of indicators: list, one indicator, the whole as a workbook (S0-10)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib.period import Month
from alliance.web import lists
from alliance.web.access import permit
from performance.dictionary import book, sheet, show, trying, words
from performance.dictionary.listing import EntryTable, Search
from performance.own import facts as own_books

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permit("indicator.view")
@require_safe
def indicator_list(request: Any) -> HttpResponse:
    """All indicators, narrowed by a word, area, origin, level and frequency."""
    entries = list(book.entries().values())
    origins = Counter(entry.origin for entry in entries)
    counts = [(str(word), origins[code]) for code, word in words.ORIGINS.items()]
    extra = {"title": _("Indicator dictionary"), "count": len(entries), "counts": counts}
    return lists.answer(request, "indicators/list.html", entries, EntryTable, filterset=Search, extra=extra)


@permit("indicator.view")
@require_safe
def indicator(request: Any, code: str) -> HttpResponse:
    """One indicator: what it means, how it is worked out, from where, who uses it, what came out."""
    entry = book.entries().get(code)
    own = own_books.entries().get(code) if entry is None else None
    if entry is None and own is None:
        raise Http404
    page = show.page(request.membership, entry or own)  # type: ignore[arg-type]
    page["own"] = own_books.versions(code) if own else []
    return render(request, "indicators/indicator.html", page)


@permit("indicator.view")
@require_safe
def indicator_try(request: Any) -> HttpResponse:
    """A formula tried on a month, for the institutions the member sees; nothing is stored."""
    form = trying.TryForm(request.GET if "expression" in request.GET else None, today=timezone.localdate())
    context: dict[str, Any] = {"title": _("Try a formula"), "form": form}
    if form.is_valid() and form.node is not None:
        month = Month.parse(form.cleaned_data["month"])
        rows = trying.tried(request.membership, form.node, month)
        context |= {"rows": rows, "month": month, "named": trying.named(form.node)}
        context["may_keep"] = request.membership.can("performance_scheme.edit")
    return render(request, "indicators/try.html", context)


@permit("indicator.view")
@require_safe
def indicator_export(request: Any) -> HttpResponse:
    """The whole dictionary as a workbook in Chinese; it holds no figure of anybody."""
    response = HttpResponse(sheet.workbook(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="indicators.xlsx"'
    return response
