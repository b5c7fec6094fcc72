"""What institutions, departments, doctors and groups are called on the pages of metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from alliance.lib.period import Month
from alliance.models import Department, Institution
from grouping.engine.rows import Scheme as Package
from grouping.metrics.facts import Key
from grouping.services import schemes


@dataclass(frozen=True)
class Name:
    """A name and what stands small beside it."""

    text: str
    sub: str = ""


def of(by: str, keys: Sequence[Key], month: Month) -> dict[Key, Name]:
    """The names of the keys of a level; a number of queries that does not grow with them."""
    if by == "group":
        titles = groups(month)
        return {key: Name(key[1], titles.get(key[1], "")) for key in keys}
    places = {row.pk: row.short_name or row.name for row in Institution.objects.all()}
    if by == "institution":
        return {key: Name(places.get(key[0], "")) for key in keys}
    if by == "doctor":
        return {key: Name(key[1], places.get(key[0], "")) for key in keys}
    rooms = departments()
    return {key: Name(rooms.get(key, key[1]), places.get(key[0], "")) for key in keys}


def departments() -> Mapping[Key, str]:
    """Names of departments by institution and code."""
    rows = Department.objects.values_list("institution_id", "code", "name")
    return {(institution, code): name for institution, code, name in rows}


def groups(month: Month) -> Mapping[str, str]:
    """Names of the DRGs of the scheme in force at the end of the month; none without a scheme."""
    try:
        return _of_package(schemes.package(schemes.in_force(month.last_day)))
    except schemes.NoScheme:
        return {}


@lru_cache(maxsize=4)
def _of_package(package: Package) -> Mapping[str, str]:
    return {row.code: row.name for rows in package.drgs.values() for row in rows}
