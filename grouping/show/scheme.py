"""What the page of a scheme shows: its head, its size, its warnings; what is wrong with a refused package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from alliance.web import parts, words
from grouping.engine.problems import Problem
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import SchemeError, warnings
from grouping.models import Scheme

SHOWN = 100


@dataclass(frozen=True)
class Finding:
    """Where something stands in a package, and what about it."""

    place: str
    text: str
    reason: str


def page(row: Scheme, package: Package | None) -> dict[str, Any]:
    """All variables of the page; without a package its files differ from those adopted."""
    found = _warned(package) if package is not None else ()
    return {
        "title": str(row), "scheme": row, "package": package, "head": head(row, package),
        "figures": figures(package) if package is not None else [],
        "findings": [finding(problem) for problem in found[:SHOWN]], "findings_number": len(found),
    }  # fmt: skip


@lru_cache(maxsize=4)
def _warned(package: Package) -> Sequence[Problem]:
    """Warnings of a package; a large one is looked through once."""
    return tuple(warnings(package))


def head(row: Scheme, package: Package | None) -> list[parts.Fact]:
    """Where the scheme comes from."""
    said = package.head if package is not None else None
    file = row.package.shown_name if row.package is not None else _("shipped with the product")
    return [
        parts.Fact(_("in force from"), row.from_date.isoformat()),
        parts.Fact(_("code"), row.code),
        parts.Fact(_("version"), row.version),
        parts.Fact(_("region"), said.region if said else words.DASH),
        parts.Fact(_("source"), said.source if said else words.DASH),
        parts.Fact(_("weights"), said.weight_source if said else words.DASH),
        parts.Fact(_("file"), file),
        parts.Fact(_("digest"), row.digest[:16]),
    ]


def figures(package: Package) -> list[parts.Fig]:
    """How large the scheme is."""
    adrgs = {row.code for rows in package.adrgs.values() for row in rows}
    drgs = {row.code for rows in package.drgs.values() for row in rows}
    return [
        parts.Fig("MDC", words.num(len(package.mdcs))),
        parts.Fig("ADRG", words.num(len(adrgs))),
        parts.Fig("DRG", words.num(len(drgs))),
        parts.Fig(_("diagnoses"), words.num(len(package.diagnosis_names))),
    ]


def finding(problem: Problem) -> Finding:
    """A problem in the language of the page."""
    line = _("line %(line)d") % {"line": problem.line} if problem.line else ""
    place = " ".join(filter(None, (problem.file, line, problem.column)))
    return Finding(place, problem.text[:60], _(problem.template) % problem.params)


def problems(error: SchemeError) -> dict[str, Any]:
    """What is wrong with a refused package."""
    return {
        "findings": [finding(problem) for problem in error.problems[:SHOWN]],
        "findings_number": len(error.problems),
    }
