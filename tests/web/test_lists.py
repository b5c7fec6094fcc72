"""List pages: filter, order, pages, one address for page and panel, and always the same number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import django_filters
import django_tables2 as tables
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, path
from django.utils.safestring import SafeString

from alliance.models import Department
from alliance.tenancy.scope import act_in
from alliance.web import lists, parts
from config import alliance_urls
from tests.world import World

LIST = "/a/qinghe/departments-of-a-test/"


class Find(django_filters.FilterSet):
    """Departments by name."""

    name = django_filters.CharFilter(label="name", lookup_expr="contains")
    kind = django_filters.ChoiceFilter(label="kind", choices=Department.Kind.choices)


class Departments(lists.Table):
    """Departments with their institution."""

    code = tables.Column(orderable=True, attrs=lists.HEAD)
    name = tables.Column()
    institution = tables.Column(accessor="institution__name", orderable=True, attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        order_by = ("code",)


def view(request: Any) -> HttpResponse:
    """A list page."""
    rows = Department.objects.select_related("institution")
    tabs, empty = [parts.Tab("All", LIST, True)], parts.Empty("No department yet")
    more = {"title": "Departments"}
    return lists.answer(
        request, "tests_list.html", rows, Departments, filterset=Find, tabs=tabs, empty=empty, extra=more
    )


@pytest.fixture
def departments(
    world: World, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A list page of this test's own, over sixty departments."""
    page = '{% extends "base.html" %}{% block content %}{% include "_list.html" %}{% endblock %}'
    (tmp_path / "tests_list.html").write_text(page, encoding="utf-8")
    known = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**known, "DIRS": [*known["DIRS"], tmp_path]}]
    addresses = [*alliance_urls.urlpatterns, path("departments-of-a-test/", view)]
    monkeypatch.setattr(alliance_urls, "urlpatterns", addresses)
    clear_url_caches()
    add(world, range(60))
    yield world
    clear_url_caches()


def add(world: World, numbers: range) -> None:
    """More departments."""
    with transaction.atomic(), act_in(world.qinghe):
        for number in numbers:
            Department.objects.create(
                institution=world.lead, code=f"T{number:03d}", name=f"病区{number}", kind="nursing"
            )


def queries(client: Any, address: str) -> int:
    """How many queries the page costs."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_page_shows_fifty_rows_and_the_way_to_the_rest(departments: World) -> None:
    html = departments.client("luo").get(LIST).content.decode()
    assert html.count('<th scope="row"') == 50
    assert "1–50，共 64" in html
    assert "?page=2" in html
    second = departments.client("luo").get(f"{LIST}?page=2").content.decode()
    assert second.count('<th scope="row"') == 14


@pytest.mark.parametrize("page", ["999999", "0", "-1", "x", ""])
def test_a_page_that_is_none_shows_one_that_is(departments: World, page: str) -> None:
    assert departments.client("luo").get(f"{LIST}?page={page}").status_code == 200


def test_the_number_of_rows_a_page_is_not_the_readers_choice(departments: World) -> None:
    html = departments.client("luo").get(f"{LIST}?per_page=100000").content.decode()
    assert html.count('<th scope="row"') == 50


def test_order_follows_the_columns_that_allow_it_alone(departments: World) -> None:
    client = departments.client("luo")
    down = client.get(f"{LIST}?sort=-code").content.decode()
    assert down.index("T059") < down.index("T030")
    assert 'aria-sort="descending"' in down
    for refused in ("name", "institution__alliance", "password", "--code", "code;drop"):
        assert client.get(f"{LIST}?sort={refused}").status_code == 200


def test_rows_that_tie_never_repeat_or_vanish_between_pages(departments: World) -> None:
    client = departments.client("luo")
    seen: list[str] = []
    for page in (1, 2):
        response = client.get(f"{LIST}?sort=institution&page={page}")
        seen += [row.record.pk for row in response.context["table"].paginated_rows]
    assert len(seen) == len(set(seen)) == 64


def test_a_filter_narrows_and_says_when_nothing_is_left(departments: World) -> None:
    client = departments.client("luo")
    assert "1–1，共 1" in client.get(f"{LIST}?name=病区37").content.decode()
    empty = client.get(f"{LIST}?name=没有").content.decode()
    assert "没有符合条件的记录" in empty
    assert f'href="{LIST}"' in empty


@pytest.mark.parametrize("value", ["%00", "' or 1=1 --", "<script>alert(1)</script>", "病" * 500])
def test_strange_conditions_are_text_and_nothing_else(departments: World, value: str) -> None:
    response = departments.client("luo").get(LIST, {"name": value.replace("%00", "\x00")})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_htmx_gets_the_panel_from_the_same_address(departments: World) -> None:
    client = departments.client("luo")
    panel = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "list"})
    text = panel.content.decode()
    assert text.lstrip().startswith("<section")
    assert "<html" not in text
    assert "HX-Request" in panel.headers["Vary"]
    assert "<html" in client.get(LIST, headers={"HX-Request": "true", "HX-Target": "main"}).content.decode()


def test_a_list_costs_the_same_queries_whatever_its_length(departments: World) -> None:
    client = departments.client("luo")
    queries(client, LIST)
    few = queries(client, f"{LIST}?name=病区1")
    many = queries(client, LIST)
    add(departments, range(60, 130))
    assert queries(client, LIST) == many == few


def test_counting_stops_where_paging_does(departments: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_COUNTED", 55)
    html = departments.client("luo").get(f"{LIST}?page=9").content.decode()
    assert html.count('<th scope="row"') == 5
    assert "共超过 55" in html


def test_a_list_holds_no_row_of_another_alliance(departments: World) -> None:
    html = departments.client("luo").get(LIST).content.decode()
    assert "江州" not in html
    assert "临湖" not in html


class Odd(lists.Table):
    """Columns of every kind: a link, a number, a moment, nothing, markup and what must be escaped."""

    name = tables.Column(linkify=lambda record: f"/x/{record['n']}/?a=1&b=2", attrs=lists.HEAD)
    n = tables.Column(attrs=lists.NUMBER, verbose_name="<n>")
    at = tables.Column(attrs=lists.DESK)
    none = tables.Column()
    any = tables.Column(empty_values=())
    key = tables.Column(attrs=lists.KEY)

    def render_any(self, record: Any, column: Any, value: Any) -> str:
        return f"{record['n']} <b>"

    def render_key(self, value: Any, **more: Any) -> SafeString:
        return SafeString(f"<i>{value}</i>" if more["record"]["n"] else "")


def test_the_quick_rows_say_what_django_tables2_says(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    at = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
    data = [{"name": f"<{n}>", "n": n * 1_234, "at": at, "none": None, "key": "k"} for n in range(3)]
    table = Odd(data)
    table.paginator = lists.Pages(table.rows, 50)
    table.page = table.paginator.get_page(1)
    slow = (
        "{% for row in table.paginated_rows %}<tr {{ row.attrs.as_html }}>{% for column, cell in row.items %}"
        "{% if column.attrs.td.scope %}<th {{ column.attrs.td.as_html }}>{{ cell }}</th>{% else %}<td "
        '{% if not column.attrs.td|has_key:"data-k" %}data-k="{{ column.header }}" {% endif %}'
        "{{ column.attrs.td.as_html }}>{{ cell }}</td>{% endif %}{% endfor %}</tr>{% endfor %}"
    )
    expected = Template(slow).render(Context({"table": table}))
    table._counter = count()
    assert "".join(table.lines()) == expected
    assert "&lt;2&gt;" in expected and 'data-k="&lt;n&gt;"' in expected
