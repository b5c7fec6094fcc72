"""What somebody else settled about a source while its settings or its mapping were being edited (N34)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from alliance.web import words
from grouping.drafts import Moved
from grouping.models import SourceVersion
from grouping.readers.mapping import Column
from grouping.services import sources
from grouping.services.sources import SettledMeanwhile
from grouping.sources import columns


def moved(meanwhile: SettledMeanwhile) -> list[Moved]:
    """The newer version, then each setting and heading that it says otherwise than the one that was read."""
    last, before = meanwhile.last, meanwhile.read
    said = f"{last.entered_by.user}, {words.day(last.from_date)}"
    found = [Moved("version", _number(before), f"{_number(last)} ({said})", _("version"))]
    if before is None:
        return found
    if before.edition != last.edition:
        found.append(
            Moved("edition", before.get_edition_display(), last.get_edition_display(), _("code edition"))
        )
    if before.organisations != last.organisations:
        found.append(Moved("organisations", _pairs(before), _pairs(last), _("institutions in the file")))
    old, new = _targets(before), _targets(last)
    for heading in dict.fromkeys([*old, *new]):
        if old.get(heading) != new.get(heading):
            found.append(Moved(heading, old.get(heading, ""), new.get(heading, ""), heading))
    return found


def again(posted: Any, newer: SettledMeanwhile) -> Any:
    """What was typed, read after the newer version: stored again it is kept over that one."""
    found = posted.copy()
    found["read_at"] = str(newer.last.number)
    return found


def said(kept: SourceVersion, before: SourceVersion | None) -> str:
    """That the settings are kept, or that they are what they were."""
    if before is not None and kept.pk == before.pk:
        return _("Nothing is new: version %(number)d stands.") % {"number": kept.number}
    return _("The settings are kept; files are read by them from that day on.")


def _number(version: SourceVersion | None) -> str:
    return str(version.number) if version is not None else ""


def _pairs(version: SourceVersion) -> str:
    return ", ".join(f"{key} = {value}" for key, value in sorted(version.organisations.items()))


def _targets(version: SourceVersion) -> dict[str, str]:
    """What each heading is read as, and how."""
    mapping = sources.mapping(version)
    if mapping is None:
        return {}
    return {column.heading: _read_as(column) for column in mapping.columns}


def _read_as(column: Column) -> str:
    """What a column is read as, with its unit, form of dates, split and codes as they are kept."""
    if not column.target:
        return ""
    codes = "；".join(f"{text}={code}" for text, code in column.values.items())
    how = (columns.target_name(column.target), column.unit, column.form, column.split, codes)
    return " · ".join(part for part in how if part)
