"""One way to make a list page: filter, table, pages, saved views; one address for page and HTMX panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django_tables2.rows import BoundRows

from alliance.web import rows as html
from alliance.web.parts import Empty, Tab

PER_PAGE = 50
# Counting and skipping cost time in proportion: a list goes this far, then asks for a narrower filter.
MOST_COUNTED = 5_000

HEAD = {"td": {"scope": "row"}}
NUMBER = {"th": {"class": "n"}, "td": {"class": "n"}, "tf": {"class": "n"}}
KEY = {"th": {"class": "n"}, "td": {"class": "n key", "data-k": ""}, "tf": {"class": "n key", "data-k": ""}}
WRAP = {"td": {"class": "wrap all", "data-k": ""}}
DESK = {"th": {"class": "hide-s"}, "td": {"class": "hide-s"}}
# Parameters of the address that are no conditions of the filter.
PLACE = frozenset({"page", "sort", "view"})


class Table(tables.Table):
    """Base of the product's tables: a column can be sorted by only when it says `orderable=True`."""

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        # Said here and not in Meta alone: a table with a Meta of its own, or with none, would forget it.
        super().__init__(*args, **{"orderable": False, **kwargs})
        self.request = request  # told to the library, it would count and cut into pages by itself

    def lines(self) -> Iterator[SafeString]:
        """The rows of the page as HTML."""
        return html.lines(self)

    class Meta:
        template_name = "_table.html"
        orderable = False
        order_by_field = "sort"


class Pages(Paginator):
    """Pages of a table; of a database table it counts no further than MOST_COUNTED rows."""

    @cached_property
    def _seen(self) -> int:
        data = getattr(getattr(self.object_list, "data", None), "data", None)
        if isinstance(data, QuerySet):
            # Keys alone: what a list shows beside each row would be computed for every row that is counted.
            rows = data.values("pk") if _is_plain(data) else data
            return rows.order_by()[: MOST_COUNTED + 1].count()
        return len(self.object_list)

    @property
    def more(self) -> bool:
        """True when there are rows beyond the last page."""
        return self._seen > MOST_COUNTED

    @cached_property
    def count(self) -> int:
        """Rows that can be reached."""
        return min(self._seen, MOST_COUNTED)

    def page(self, number: int | str) -> Page:
        """One page. Of a database table first the keys of its rows, then these rows with what they name.

        Asked at once, row security hides from the planner how few rows a page has, and it joins them all.
        """
        found: Page = super().page(number)
        rows = getattr(getattr(self.object_list, "data", None), "data", None)
        if isinstance(rows, QuerySet) and _is_plain(rows):
            begin = (found.number - 1) * self.per_page
            keys = list(rows.values_list("pk", flat=True)[begin : min(begin + self.per_page, self.count)])
            of_page = list(_by_key(rows, keys)) if keys else []
            found.object_list = BoundRows(of_page, table=self.object_list.table)
        return found


def _by_key(rows: QuerySet[Any], keys: Sequence[Any]) -> QuerySet[Any]:
    """These rows in their order by key alone: the conditions chose the keys, and said again they would only
    give the planner more ways to weigh. Where rows are grouped they also choose what is summed: they stay.
    """
    of_page = rows.all()
    if of_page.query.group_by is None:
        of_page.query.where = type(of_page.query.where)()
    return of_page.filter(pk__in=keys)


def counted(rows: QuerySet[Any]) -> str:
    """How many rows a saved view holds, counted no further than a list goes; one query."""
    number = rows.values("pk").order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _is_plain(rows: QuerySet[Any]) -> bool:
    """True when each row is a row of its model, which its key finds again."""
    return rows._fields is None and not rows.query.combinator and not rows.query.distinct


def answer(
    request: Any,
    template: str,
    rows: Any,
    table_class: Callable[..., Table],
    *,
    filterset: Any = None,
    tabs: Sequence[Tab] = (),
    empty: Empty | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The list page, or to HTMX only its panel.

    `rows` is a QuerySet already narrowed to what the member may see, with what the columns show selected (the
    number of queries is the same for any number of rows), or a list. `filterset` is a FilterSet class;
    `extra` goes to the page's template.
    """
    chosen = filterset(request.GET or None, queryset=rows, request=request) if filterset else None
    table = table_of(request, chosen.qs if chosen else rows, table_class)
    context = {
        "table": table, "filter": chosen, "tabs": tabs, "empty": empty or Empty(""),
        **conditions(request), **(extra or {}),
    }  # fmt: skip
    panel = request.htmx and request.htmx.target == "list"
    response = render(request, "_list.html" if panel else template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def table_of(request: Any, rows: Any, table_class: Callable[..., Table]) -> Table:
    """The table on the page the address asks for, sorted as it asks; ties always fall in the same order."""
    sort = request.GET.getlist("sort")
    table = table_class(rows, request=request, **({"order_by": sort} if sort else {}))
    if isinstance(table.data.data, QuerySet):
        table.data.data = _settled(table.data.data)
    table.paginator = Pages(table.rows, PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    return table


def _settled(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows ordered to the last tie, or pages could repeat and skip rows."""
    order = rows.query.order_by or rows.model._meta.ordering
    return rows.order_by(*order, "pk")


def conditions(request: Any) -> dict[str, Any]:
    """Whether the address holds conditions, and the address without them (a saved view stays)."""
    filtered = any(value for key, value in request.GET.items() if key not in PLACE)
    kept = request.GET.get("view")
    cleared = f"{request.path}?view={kept}" if kept and kept.isalnum() else request.path
    return {"filtered": filtered, "cleared": cleared}
