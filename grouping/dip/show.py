"""What the pages of DIP catalogues show: faults of a file, lines, the difference to the catalogue before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Membership
from alliance.web import lists, parts, words
from alliance.web.parts import Fact
from grouping.models import DipCatalogue, DipEntry
from grouping.readers.dipfile import REASONS, Finding
from grouping.services import dip
from grouping.tables import chip

CHIPS = {"draft": "prov", "released": "ok", "discarded": ""}
MOST_FAULTS = 200
MOST_CHANGES = 20


@dataclass(frozen=True)
class Fault:
    """A fault of a file in words."""

    line: int
    column: str
    text: str
    reason: str
    remedy: str


def faults(found: Sequence[Finding]) -> list[Fault]:
    """The first faults of a file in the language of the page."""
    return [
        Fault(
            one.line, one.column or words.DASH, one.text[:80] or words.DASH,
            *(_(text) % one.params for text in REASONS[one.kind]),
        )
        for one in found[:MOST_FAULTS]
    ]  # fmt: skip


class CatalogueTable(lists.Table):
    """One line a catalogue."""

    name = tables.Column(
        verbose_name=gettext_lazy("catalogue"), linkify=("dip-catalogue", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    from_date = tables.DateColumn(verbose_name=gettext_lazy("in force from"), format="Y-m-d")
    core = tables.Column(verbose_name=gettext_lazy("core diseases"), attrs=lists.NUMBER)
    wide = tables.Column(verbose_name=gettext_lazy("comprehensive diseases"), attrs=lists.NUMBER)
    decided_by = tables.Column(verbose_name=gettext_lazy("decided by"), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "from_date", "core", "wide", "decided_by")

    def render_state(self, record: DipCatalogue) -> SafeString:
        return chip(CHIPS[record.state], str(record.get_state_display()))

    def render_core(self, value: int) -> str:
        return words.num(value)

    def render_wide(self, value: int) -> str:
        return words.num(value)

    def render_decided_by(self, record: DipCatalogue) -> str:
        return f"{record.decided_by} {record.source}".strip()


class EntryTable(lists.Table):
    """One line a disease."""

    head = tables.Column(verbose_name=gettext_lazy("disease (DIP)"), attrs=lists.HEAD)
    points = tables.Column(verbose_name=gettext_lazy("DIP points"), attrs=lists.KEY)
    name = tables.Column(verbose_name=gettext_lazy("name"), attrs=lists.WRAP)
    core = tables.Column(verbose_name=gettext_lazy("list"))
    tertiary = tables.Column(
        verbose_name=gettext_lazy("last year, tertiary (yuan)"), empty_values=(), attrs=lists.NUMBER
    )
    secondary = tables.Column(
        verbose_name=gettext_lazy("secondary (yuan)"), empty_values=(), attrs=lists.NUMBER
    )
    primary = tables.Column(verbose_name=gettext_lazy("primary (yuan)"), empty_values=(), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = ("head", "points", "name", "core", "tertiary", "secondary", "primary")

    def render_head(self, record: DipEntry) -> SafeString:
        return format_html('<span class="code">{}</span>', str(record))

    def render_points(self, value: Decimal) -> str:
        return plain(value)

    def render_core(self, value: bool) -> str:
        return _("core") if value else _("comprehensive")

    def render_tertiary(self, record: DipEntry) -> str:
        return words.yuan(record.means.get("tertiary"))

    def render_secondary(self, record: DipEntry) -> str:
        return words.yuan(record.means.get("secondary"))

    def render_primary(self, record: DipEntry) -> str:
        return words.yuan(record.means.get("primary"))


def plain(value: Decimal) -> str:
    """Points as the file had them, without the zeros a column adds."""
    return f"{value.normalize():f}"


def facts(row: DipCatalogue) -> list[Fact]:
    """Where a catalogue comes from."""
    return [
        Fact(_("in force from"), row.from_date.isoformat()),
        Fact(_("decided by"), row.decided_by),
        Fact(_("document number"), row.source or words.DASH),
        Fact(_("file"), row.file_name),
        Fact(_("core diseases"), words.num(row.core)),
        Fact(_("comprehensive diseases"), words.num(row.wide)),
        Fact(_("made"), f"{words.moment(row.made_at)} {row.made_by.user}"),
        Fact(_("digest"), row.digest[:16]),
    ]


@dataclass(frozen=True)
class Change:
    """A disease whose points differ between two catalogues; "" where it is missing."""

    name: str
    old: str
    new: str
    effect: str
    size: Decimal


@dataclass(frozen=True)
class Difference:
    """What a catalogue changes against the one before it: counts, and the points that move most."""

    before: DipCatalogue
    facts: list[Fact]
    moved: list[Change]
    more: bool


def difference(row: DipCatalogue) -> Difference | None:
    """Against the catalogue in force until then; None for the first one. Two queries."""
    before = dip.before(row)
    if before is None:
        return None
    old, new = _lines(before), _lines(row)
    both = [(key, old[key], new[key]) for key in old.keys() & new.keys() if old[key][0] != new[key][0]]
    moved = sorted((_change(one, was, now) for one, was, now in both), key=lambda one: (-one.size, one.name))
    counts = [
        Fact(_("new diseases"), words.num(len(new.keys() - old.keys()))),
        Fact(_("gone diseases"), words.num(len(old.keys() - new.keys()))),
        Fact(_("diseases with other points"), words.num(len(moved))),
    ]
    return Difference(before, counts, moved[:MOST_CHANGES], len(moved) > MOST_CHANGES)


Key = tuple[bool, str, str]


def _lines(row: DipCatalogue) -> dict[Key, tuple[Decimal, str]]:
    found = DipEntry.objects.filter(catalogue=row)
    return {
        (core, head, procedures): (points, name)
        for core, head, procedures, points, name in found.values_list(
            "core", "head", "procedures", "points", "name"
        )
    }


def _change(key: Key, was: tuple[Decimal, str], now: tuple[Decimal, str]) -> Change:
    share = (now[0] - was[0]) / was[0] * 100
    name = f"{' + '.join(filter(None, [key[1], *key[2].split('+')]))} {now[1]}".strip()
    return Change(name, plain(was[0]), plain(now[0]), f"{words.diff(share, 1)}%", abs(share))


def actions(row: DipCatalogue, membership: Membership, *, waits: bool) -> list[parts.Action]:
    """What the member may do now."""
    if row.state != DipCatalogue.State.DRAFT or waits:
        return []
    found = []
    if membership.can("scheme.import"):
        found.append(parts.Action(_("Discard"), reverse("dip-discard", args=[row.pk]), "ban"))
    if membership.can("scheme.release"):
        url = reverse("dip-propose", args=[row.pk])
        found.append(parts.Action(_("Propose to put in force"), url, "send", "primary"))
    return found


def page(row: DipCatalogue, membership: Membership) -> dict[str, Any]:
    """All variables of the page but the list of lines."""
    open_ = dip.waiting(row)
    return {
        "title": row.name, "catalogue": row, "chip_kind": CHIPS[row.state], "facts": facts(row),
        "waiting_approval": open_, "actions": actions(row, membership, waits=open_ is not None),
        "difference": difference(row),
    }  # fmt: skip
