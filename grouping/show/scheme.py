"""What the page of a scheme in force shows: its head, its size, its warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.web import parts, words
from alliance.web.refused import worded
from grouping.disputes.show import settled_by_scheme
from grouping.engine.problems import Problem
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import warnings
from grouping.models import Scheme, SchemeVersion
from grouping.services import versions

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
    version = versions.released(row.digest)
    return {
        "title": str(row), "scheme": row, "package": package, "head": head(row, package, version),
        "version": version, "settled": settled_by_scheme(row.pk),
        "figures": figures(package) if package is not None else [],
        "findings": [finding(problem) for problem in found[:SHOWN]], "findings_number": len(found),
    }  # fmt: skip


@lru_cache(maxsize=4)
def _warned(package: Package) -> Sequence[Problem]:
    """Warnings of a package; a large one is looked through once."""
    return tuple(warnings(package))


def head(row: Scheme, package: Package | None, version: SchemeVersion | None) -> list[parts.Fact]:
    """Where the scheme comes from."""
    said = package.head if package is not None else None
    upload = version.upload if version is not None else row.package
    file = upload.shown_name if upload is not None else words.DASH
    if version is not None and version.upload is None:
        file = str(version.get_form_display())
    url = reverse("scheme-version", args=[version.pk]) if version is not None else ""
    return [
        parts.Fact(_("in force from"), row.from_date.isoformat()),
        parts.Fact(_("code"), row.code),
        parts.Fact(_("version"), row.version, url),
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
    return Finding(place, problem.text[:60], worded(problem))
