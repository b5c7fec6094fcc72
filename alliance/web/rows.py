"""The rows of a table as HTML: what is the same for every cell of a column is worked out once.

django-tables2 asks the signature of a column's function and the attributes of its tags anew for each cell,
and a template node is paid for each: most of the time of a list page. The words of a cell still come from its
column, so tables are written as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from inspect import Parameter, signature
from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime


def lines(table: Any) -> Iterator[SafeString]:
    """One `<tr>` a row of the table's page; cells on phones bear the name of their column."""
    cells = [Cell(column) for column in table.columns]
    for row in table.paginated_rows:
        inner = "".join(cell.html(row) for cell in cells)
        yield SafeString(f"<tr {row.attrs.as_html()}>{inner}</tr>")


class Cell:
    """One column: its opening tag, and what its function wants to know."""

    def __init__(self, column: Any) -> None:
        self.column = column
        attributes = column.attrs["td"]
        tag = "th" if attributes.get("scope") else "td"
        named = tag == "th" or "data-k" in attributes
        label = "" if named else f'data-k="{conditional_escape(column.header)}" '
        self.opening, self.closing = f"<{tag} {label}{attributes.as_html()}>", f"</{tag}>"
        given = signature(column.render).parameters.values()
        self.everything = any(one.kind == Parameter.VAR_KEYWORD for one in given)
        self.wanted = {one.name for one in given}

    def html(self, row: Any) -> str:
        """The cell of a row, escaped as a template does."""
        column = self.column
        content = row._get_and_render_with(column, partial(self._content, row), column.default)
        if not isinstance(content, str):
            content = localize(template_localtime(content))
        return f"{self.opening}{conditional_escape(content)}{self.closing}"

    def _content(self, row: Any, column: Any, value: Any = None) -> Any:
        known = {
            "value": value, "record": row.record, "column": column.column, "bound_column": column,
            "bound_row": row, "table": row.table,
        }  # fmt: skip
        given = known if self.everything else {name: known[name] for name in self.wanted}
        content = column.render(**given)
        return column.link(content, **known) if column.link else content
