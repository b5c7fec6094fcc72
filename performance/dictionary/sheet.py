"""The whole dictionary as a workbook in Chinese: indicators, and the facts they divide (S0-10)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.sheets import Cell
from performance.dictionary import book, formula, words
from performance.dictionary.show import cited
from performance.engine.dictionary import Entry
from performance.show import labels

CHINESE = "zh-hans"


def workbook() -> bytes:
    """The workbook; whatever the language of the reader, it is written in Chinese."""
    body = io.BytesIO()
    with translation.override(CHINESE):
        parts = {_("Indicators"): indicator_rows(), _("Facts"): fact_rows()}
        sheets.write_sheets(body, parts)
    return body.getvalue()


def indicator_rows() -> Iterator[Sequence[Cell]]:
    """The heading, then one row an indicator."""
    yield (
        _("code"), _("name"), _("English name"), _("area"), _("definition"), _("English definition"),
        _("numerator"), _("denominator"), _("Formula"), _("left out"), _("unit"), _("direction"),
        _("decimals"), _("least denominator to be assessed"), _("measured"), _("levels"),
        _("where it comes from"), _("proved by"), _("answers for it"), _("target or limit"),
        _("sources of the definition"), _("merged into it"), _("built on"), _("version"), _("digest"),
    )  # fmt: skip
    for entry in book.entries().values():
        yield _row(entry)


def _row(entry: Entry) -> Sequence[Cell]:
    one = entry.indicator
    return (
        one.code, one.name_zh, one.name_en, str(words.AREAS[entry.area]), one.definition_zh,
        one.definition_en, _sum(one.numerator), _sum(one.denominator), formula.symbols(one),
        words.exclusions(entry), labels.unit(one), str(words.DIRECTIONS[one.direction]), one.decimals,
        one.minimum_n if one.denominator else None, str(words.FREQUENCIES[entry.frequency]),
        words.levels(entry.levels), str(words.ORIGINS[entry.origin]), words.evidence(entry),
        str(words.OWNERS[entry.owner]), entry.target, cited(entry.sources), cited(entry.twins),
        " · ".join(book.entries()[code].indicator.name_zh for code in entry.based_on), entry.version,
        book.version_digest(entry),
    )  # fmt: skip


def _sum(keys: Sequence[str]) -> str:
    # A sum may begin with a sign in a language; a workbook must not take it for a formula.
    return " ＋ ".join(labels.facts()[key].name_zh for key in keys)


def fact_rows() -> Iterator[Sequence[Cell]]:
    """The heading, then one row a fact."""
    yield (
        _("key of the fact"), _("name"), _("English name"), _("unit"), _("where it comes from"),
        _("room or office"), _("levels"), _("sources of the definition"),
    )  # fmt: skip
    for fact in labels.facts().values():
        yield (
            fact.key, fact.name_zh, fact.name_en, str(words.FACT_UNITS[fact.unit]),
            str(words.ORIGINS[fact.origin]), str(words.ROOMS[fact.room]), words.levels(fact.levels),
            cited(fact.source.split("; ")),
        )  # fmt: skip
