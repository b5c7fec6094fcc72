"""What the pages of sheets show: the layout as it is read, the batch, the template to fill."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from performance.declared import book, due, words
from performance.declared.due import Owed
from performance.declared.services.sheets import Tried
from performance.engine import sheetmap
from performance.engine.sheetmap import Column
from performance.models import DeclaredBatch, DeclaredLayout
from performance.models.declared import CONFIRM
from performance.show import labels

SHOWN = 50  # cells of a preview; the others are counted
ROLES: Mapping[str, Any] = {
    sheetmap.INSTITUTION: gettext_lazy("institution"),
    sheetmap.FACT: gettext_lazy("fact"),
    sheetmap.VALUE: gettext_lazy("value"),
    sheetmap.NOTE: gettext_lazy("note"),
}
WHY: Mapping[str, Any] = {
    "kept": gettext_lazy("as before"), "heading": gettext_lazy("by its heading"),
    "content": gettext_lazy("by its values"),
}  # fmt: skip


def targets(*, by_institution: bool = False) -> list[tuple[str, str]]:
    """What a column may mean: nothing, a role, a fact from outside (one an institution may declare)."""
    known = book.deliverable(by_institution)
    facts = sorted((labels.named(labels.facts()[key]), key) for key in known)
    return [
        ("", _("not read")), *((role, str(word)) for role, word in ROLES.items()),
        *((key, f"{name} · {words.unit(key)}") for name, key in facts),
    ]  # fmt: skip


def faults(columns: Sequence[Column], *, place_known: bool) -> list[str]:
    """What a layout lacks, as sentences."""
    said = {
        sheetmap.INSTITUTION: _("No column names the institution, and none was chosen."),
        sheetmap.FACT: _("There is a column of values, but none that names the fact."),
        sheetmap.VALUE: _("There is a column of facts, but none with their values."),
        "nothing": _("No column is read as a number yet. Choose what the columns mean."),
    }
    names = dict(targets())
    return [
        said.get(one)
        or _("Two columns are read as the same: %(name)s.") % {"name": names[one.partition(":")[2]]}
        for one in sheetmap.faults(columns, place_known=place_known)
    ]


def trial(tried: Tried) -> dict[str, Any]:
    """The first entries and all that is wrong."""
    return {
        "entries": [
            (one.place.institution.short_name if one.place.institution else "",
             labels.named(labels.facts()[one.fact]), words.span(one.span), words.amount(one.fact, one.value),
             words.unit(one.fact))
            for one in tried.entries[:SHOWN]
        ],
        "taken": len(tried.entries), "bad": tried.bad[:SHOWN], "wrong": len(tried.bad), "empty": tried.empty,
    }  # fmt: skip


def batch_page(batch: DeclaredBatch, membership: Membership) -> dict[str, Any]:
    """A sheet: what came in with it, what did not, and the button of the second person."""
    rows = list(batch.values.named().order_by("institution__code", "fact"))
    waiting = [row for row in rows if row.state == "submitted"]
    mine = any(membership.user_id == batch.made_by.user_id for _row in waiting[:1])
    confirms = bool(waiting) and membership.can(CONFIRM) and not mine
    return {
        "title": _("Sheet of %(source)s, %(month)s")
        % {"source": batch.layout.source, "month": web_words.month(batch.month)},
        "batch": batch, "rows": [(row, labels.named(labels.facts()[row.fact]), words.number(row),
                                  words.place(row), words.span(row.span), words.state(row)) for row in rows],
        "left": batch.left, "waiting": len(waiting),
        "facts_batch": [
            parts.Fact(_("file"), batch.file.shown_name),
            parts.Fact(_("values taken"), web_words.num(batch.taken)),
            parts.Fact(_("cells left with a reason"), web_words.num(len(batch.left))),
            parts.Fact(_("empty cells, missing"), web_words.num(batch.empty)),
            parts.Fact(_("entered by"), f"{batch.made_by.user} {web_words.moment(batch.made_at)}"),
        ],
        "confirm": parts.Action(
            _("Confirm all %(n)d that wait") % {"n": len(waiting)},
            reverse("declared-sheet-confirm", args=[batch.pk]), "check", "primary",
        ) if confirms else None,
        "own_hand": mine,
    }  # fmt: skip


def left_rows(batch: DeclaredBatch) -> Iterator[Sequence[Any]]:
    """The cells that were left, as a sheet to put right."""
    yield (_("line"), _("column"), _("in the file"), _("what to do"))
    yield from batch.left


def template(month: Month, institution_id: int | None) -> bytes:
    """What is due and not delivered, as a workbook to fill; it reads back without a question."""
    owed = [one for one in due.owed(month, institution_id=institution_id) if not one.delivered]
    body = io.BytesIO()
    sheets.write_xlsx(body, _template_rows(owed), title=str(month))
    return body.getvalue()


def _template_rows(owed: Sequence[Owed]) -> Iterator[Sequence[sheets.Cell]]:
    yield ("机构编码", "机构简称", "数据项代码", "数据项名称", "计量单位", "期间", "数值", "备注")
    for one in owed:
        fact = labels.facts()[one.fact]
        place = one.institution
        yield (
            place.code,
            place.short_name,
            fact.key,
            fact.name_zh,
            words.unit(one.fact),
            str(one.span),
            None,
            "",
        )


def batches(membership: Membership) -> Any:
    """Sheets of the member's institution, or all, the newest first."""
    here = membership.institution_id
    rows = DeclaredBatch.objects.select_related("layout", "file", "institution", "made_by__user")
    return rows if here is None else rows.filter(institution=here)


def sources(membership: Membership) -> list[str]:
    """Names of sources whose layout is kept for the member's institution."""
    rows = DeclaredLayout.objects.filter(institution=membership.institution)
    return sorted(set(rows.values_list("source", flat=True)))
