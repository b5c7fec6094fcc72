"""Pages of the data dictionary: one part at a time, searched, as a workbook (S4-28)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib import sheets
from alliance.web import parts
from alliance.web.access import permit
from grouping.readers.messages import MESSAGES
from grouping.reports import dictionary, glossary, grid
from grouping.reports.dictionary import FieldLine

PLACE = re.compile(r"%\((\w+)\)[sd]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARTS: Mapping[str, Any] = {
    "words": gettext_lazy("Words of the figures"),
    "front_page": gettext_lazy("Front page"),
    "older": gettext_lazy("Older export"),
    "list": gettext_lazy("Settlement list"),
    "errors": gettext_lazy("Errors of rows and files"),
    "package": gettext_lazy("Scheme package"),
    "problems": gettext_lazy("Findings about a package"),
}
# What stands at the places of the sentences about errors and findings.
PARAMETERS: Mapping[str, Any] = {
    "line": gettext_lazy("line"), "value": gettext_lazy("value"), "field": gettext_lazy("field"),
    "limit": gettext_lazy("limit"), "mib": gettext_lazy("limit"), "byte": gettext_lazy("byte"),
    "form": gettext_lazy("form"),
    "codes": gettext_lazy("codes"), "code": gettext_lazy("code"), "days": gettext_lazy("days"),
    "found": gettext_lazy("found"), "name": gettext_lazy("name"), "columns": gettext_lazy("columns"),
    "column": gettext_lazy("column"), "choices": gettext_lazy("choices"),
    "delivered": gettext_lazy("day of delivery"),
    "expected": gettext_lazy("expected"), "setl": gettext_lazy("settlement number"),
    "most": gettext_lazy("at most"), "admitted": gettext_lazy("admitted"),
    "discharged": gettext_lazy("discharged"), "age": gettext_lazy("age"), "parts": gettext_lazy("parts"),
    "fields": gettext_lazy("fields"), "low": gettext_lazy("least"), "high": gettext_lazy("at most"),
    "visit": gettext_lazy("visit"), "first": gettext_lazy("first line"), "total": gettext_lazy("total"),
    "last": gettext_lazy("last line"), "left": gettext_lazy("rest"), "delimiter": gettext_lazy("separator"),
    "at": gettext_lazy("place in the rule"), "list": gettext_lazy("list"), "adrg": "ADRG",
    "kind": gettext_lazy("kind"), "width": gettext_lazy("width"), "words": gettext_lazy("words"),
    "size": gettext_lazy("size"), "row": gettext_lazy("row"), "mark": gettext_lazy("sign"),
    "subject": gettext_lazy("subject"), "mdc": "MDC", "drg": "DRG",
}  # fmt: skip
KINDS: Mapping[str, Any] = {
    "text": gettext_lazy("text"), "code": gettext_lazy("code"), "choice": gettext_lazy("code list"),
    "integer": gettext_lazy("whole number"), "amount": gettext_lazy("amount, yuan"),
    "day": gettext_lazy("day"), "moment": gettext_lazy("day and time"),
    "name": gettext_lazy("name of a person"), "number": gettext_lazy("number of a person"),
    "phone": gettext_lazy("phone"), "address": gettext_lazy("address"),
}  # fmt: skip


@permit("home.view")
@require_safe
def data_dictionary(request: Any) -> HttpResponseBase:
    """One part of the dictionary; `?q=` narrows it, `?format=xlsx` downloads it."""
    part = request.GET.get("part", "")
    part = part if part in PARTS else "front_page"
    word = request.GET.get("q", "").strip()[:60]
    table = _searched(TABLES[part](), word)
    if request.GET.get("format") == "xlsx":
        return _workbook(part, table)
    tabs = [
        parts.Tab(str(label), f"?{urlencode({'part': name})}", name == part) for name, label in PARTS.items()
    ]
    context = {
        "title": _("Data dictionary and interfaces"), "part": part, "tabs": tabs, "grid": table, "q": word,
        "kept": dictionary.kept_of_the_list() if part == "list" else (), "schema": _schema(),
    }  # fmt: skip
    return render(request, "grouping/reports/dictionary.html", context)


def _schema() -> str:
    """The address of the OpenAPI description: it stands outside the alliance's addresses."""
    inside = reverse("api:schema", urlconf=settings.ROOT_URLCONF)
    return f"/{inside.removeprefix(get_script_prefix())}"


def _searched(table: grid.Grid, word: str) -> grid.Grid:
    """The rows with the word in any cell or beside them, capitals aside."""
    if not word:
        return table
    low = word.casefold()
    kept = [row for row in table.rows if low in _told(row).casefold()]
    return grid.Grid(table.columns, kept, caption=table.caption)


def _told(row: grid.Row) -> str:
    return "\n".join([*(cell.text for cell in row.cells), row.also])


def _workbook(part: str, table: grid.Grid) -> HttpResponse:
    body = io.BytesIO()
    head = [column.label for column in table.columns]
    sheets.write_xlsx(
        body, [head, *([cell.text for cell in row.cells] for row in table.rows)], title=str(PARTS[part])
    )
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="dictionary-{part}.xlsx"'
    return response


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _name(line: FieldLine) -> str:
    """The field in the language of the page; of a series with n for its number."""
    text = line.field.en if _english() else line.field.zh
    return text if line.last == line.code else text.replace("1", "N").replace(" N", " n")


def _also(line: FieldLine) -> str:
    """What a search finds a field by: its name in the other language, the codes of its errors."""
    return " ".join([line.field.en, line.field.zh, *line.errors])


def _values(line: FieldLine) -> str:
    field = line.field
    if field.choices:
        return ", ".join(sorted(field.choices, key=lambda text: (len(text), text)))
    return f"{field.low}–{field.high}" if field.high else ""


def _errors(line: FieldLine) -> str:
    return _("; ").join(_short(key, line) for key in line.errors)


def _short(key: str, line: FieldLine) -> str:
    """An error's sentence about one field, with the name of the field and without the line of a file."""
    message = MESSAGES[key].en if _english() else MESSAGES[key].zh
    text = message.replace("Line %(line)s: ", "").replace("第 %(line)s 行", "")
    own = {"field": line.field.en if _english() else line.field.zh, "column": line.name}
    for name, known in own.items():
        text = text.replace(f"%({name})s", known)
    return " ".join(_places(text).split())


def _places(text: str) -> str:
    """A sentence with the name of what stands at each of its places: Line [line]: “[value]”."""
    return PLACE.sub(lambda hit: f"[{PARAMETERS.get(hit[1], hit[1])}]", text)


def _fields(lines: list[FieldLine], *, headings: bool) -> grid.Grid:
    columns = grid.columns(
        (_("field"), grid.HEAD), *([(_("heading in the file"), grid.TEXT)] if headings else []),
        (_("name"), grid.WRAP), (_("type of value"), grid.TEXT), (_("obligation"), grid.TEXT),
        (_("values"), grid.WRAP), (_("errors"), grid.WRAP),
    )  # fmt: skip
    rows = [
        grid.row(
            line.name, *([", ".join(line.headings)] if headings else []), _name(line),
            str(KINDS[line.field.kind.value]), _("required") if line.field.required else _("optional"),
            _values(line), _errors(line), also=_also(line),
        )
        for line in lines
    ]  # fmt: skip
    return grid.Grid(columns, rows, caption=_("Fields"))


def _front_page() -> grid.Grid:
    return _fields(dictionary.front_page(), headings=False)


def _older() -> grid.Grid:
    return _fields(dictionary.older_export(), headings=True)


def _list() -> grid.Grid:
    return _fields(dictionary.settlement_list(), headings=True)


def _error_table() -> grid.Grid:
    columns = grid.columns(
        (_("code of the error"), grid.HEAD), (_("about"), grid.TEXT), (_("sentence"), grid.WRAP),
        (_("fields"), grid.WRAP),
    )  # fmt: skip
    rows = []
    for line in dictionary.errors():
        both = (line.message.en, line.message.zh)
        about = _("whole file") if line.whole_file else _("one row")
        said = _places(both[0] if _english() else both[1])
        rows.append(grid.row(line.key, about, said, ", ".join(line.columns), also=" ".join(both)))
    return grid.Grid(columns, rows, caption=_("Errors of rows and files"))


def _package() -> grid.Grid:
    columns = grid.columns(
        (_("file and column"), grid.HEAD), (_("obligation"), grid.TEXT), (_("key"), grid.TEXT),
        (_("form"), grid.WRAP),
    )  # fmt: skip
    rows = []
    for table, column in dictionary.package_files():
        form = table.forms.get(column)
        keys = [", ".join(key) for key in table.keys if column in key]
        needed = _("optional") if column in table.blank else _("required")
        shown = _(dictionary.REASONS[form.kind]) % {"words": form.words} if form else ""
        file = table.file if table.required else f"{table.file} ({_('optional')})"
        rows.append(grid.row(f"{file} · {column}", needed, "; ".join(keys), shown))
    return grid.Grid(columns, rows, caption=_("Scheme package"))


def _problems() -> grid.Grid:
    columns = grid.columns((_("finding"), grid.HEAD), (_("says"), grid.WRAP), (_("what to do"), grid.WRAP))
    rows = [
        grid.row(kind, _places(_(reason)), _places(_(remedy)) if remedy else "")
        for kind, reason, remedy in dictionary.problems()
    ]
    return grid.Grid(columns, rows, caption=_("Findings about a package"))


TABLES: Mapping[str, Callable[[], grid.Grid]] = {
    "front_page": _front_page, "older": _older, "list": _list, "errors": _error_table, "package": _package,
    "problems": _problems, "words": lambda: glossary.table(timezone.localdate()),
}  # fmt: skip
