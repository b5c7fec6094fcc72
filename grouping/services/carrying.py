"""Local overrides of the version in force, carried to the next official package as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db import transaction

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from grouping.engine import carry
from grouping.engine.carry import Override
from grouping.engine.head import read_head
from grouping.engine.inspection import inspect
from grouping.engine.scheme import HEAD
from grouping.engine.write import write_head
from grouping.models import Scheme, SchemeVersion, Tariff, TariffKind
from grouping.services import edits, versions

KEEP, TAKE = "local", "official"
State = SchemeVersion.State


class CarryRefused(Refused):
    """Overrides cannot be carried as asked."""

    reasons = {
        "undecided": "Decide each conflict: %(n)s are still open.",
        "unsound": "With these overrides the package has an error: %(file)s, %(text)s (%(kind)s). "
        "Take the official text where it stands in the way, or correct the version first.",
        "version_needed": edits.VersionRefused.reasons["version_needed"],
    }


@dataclass(frozen=True)
class Carrying:
    """What may be carried: from which local version, made of which official one, to which, and what."""

    local: SchemeVersion
    base: SchemeVersion
    new: SchemeVersion
    found: tuple[Override, ...]

    @property
    def conflicts(self) -> list[Override]:
        """What people decide."""
        return [one for one in self.found if one.state == "changed"]


def official(version: SchemeVersion) -> SchemeVersion:
    """The package a local version goes back to; an official or shipped one is its own."""
    while version.base is not None and not version.shipped:
        version = version.base
    return version


def local_before(new: SchemeVersion) -> SchemeVersion | None:
    """The newest local version that holds, when a sound official package might follow it; else None."""
    if new.state not in (State.DRAFT, State.RELEASED) or official(new).pk != new.pk:
        return None
    row = Scheme.objects.order_by("-from_date").first()
    held = versions.released(row.digest) if row is not None else None
    if held is None or official(held).pk in (held.pk, new.pk):
        return None
    return held


def offered(new: SchemeVersion) -> Carrying | None:
    """What the version in force would bring along; None where nothing is local."""
    local = local_before(new)
    if local is None:
        return None
    base = official(local)
    found = _overrides(base.pk, local.pk, new.pk, new.digest)
    return Carrying(local, base, new, found) if found else None


@lru_cache(maxsize=4)
def _overrides(base: int, local: int, new: int, digest: str) -> tuple[Override, ...]:
    rows = {row.pk: row for row in SchemeVersion.objects.filter(pk__in=(base, local, new))}
    return carry.overrides(*(versions.export(rows[pk]) for pk in (base, local, new)))


def beside(new: SchemeVersion) -> list[tuple[Tariff, list[str]]]:
    """Adjustments that hold on and name groups the new package does not have: they catch nothing there."""
    known = {row.code for rows in versions.package_of(new).drgs.values() for row in rows}
    rows = Tariff.objects.filter(kind=TariffKind.ADJUSTMENT).order_by("key", "from_date")
    newest = {row.key: row for row in rows}
    named = [(row, [drg for drg in row.terms.get("drgs", ()) if drg not in known]) for row in newest.values()]
    return [(row, missing) for row, missing in named if missing and row.value != 1]


@transaction.atomic
def take_over(*, by: Membership, carrying: Carrying, named: str, choices: Mapping[str, str]) -> SchemeVersion:
    """A draft of the new package with the overrides; `choices`: id of a conflict -> "local" or "official".

    Raises CarryRefused.
    """
    open_ = [one for one in carrying.conflicts if choices.get(one.id) not in (KEEP, TAKE)]
    if open_:
        raise CarryRefused("undecided", n=len(open_))
    content = carry.merged(
        versions.export(carrying.new), carrying.found,
        lambda one: one.state == "carried" or choices.get(one.id) == KEEP,
    )  # fmt: skip
    head = read_head(content[HEAD], [])
    assert head is not None
    if not named.strip() or named.strip() == head.version:
        raise CarryRefused("version_needed")
    content[HEAD] = write_head(replace(head, version=named.strip()))
    return _draft(by, carrying, content, choices)


def _draft(
    by: Membership, carrying: Carrying, content: dict[str, bytes], choices: Mapping[str, str]
) -> SchemeVersion:
    checked = inspect(content)
    if checked.scheme is None:
        one = checked.errors[0]
        raise CarryRefused("unsound", file=one.file, text=one.text or one.column, kind=one.kind)
    made = SchemeVersion.objects.create(
        form=SchemeVersion.Form.COPY, base=carrying.new, made_by=by,
        manifest=versions.seal(by=by, content=content),
        carried=[_kept(one, choices) for one in carrying.found],
    )  # fmt: skip
    versions.name_after(made, checked.scheme)
    made.accept()
    made.save()
    kept = sum(one["kept"] for one in made.carried)
    journal.write(by=by, verb="scheme.carried", about=made, local=carrying.local.pk, kept=kept)
    return made


def _kept(one: Override, choices: Mapping[str, str]) -> dict[str, object]:
    kept = one.state == "carried" or (one.state == "changed" and choices.get(one.id) == KEEP)
    return {
        "file": one.file, "key": list(one.key), "column": one.column, "base": one.base[:200],
        "local": one.local[:200], "new": one.new[:200], "state": one.state, "kept": kept,
    }  # fmt: skip
