"""A scheme copied as a draft, its weights and notes edited; nothing of a released version ever changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from django.db import transaction

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from grouping import drafts
from grouping.engine.edit import with_groups
from grouping.engine.head import read_head
from grouping.engine.rows import Drg
from grouping.engine.scheme import HEAD, digest_of, read_files, said
from grouping.engine.tables import DECIMAL, TABLES, Table
from grouping.engine.write import read_table, with_values, write_head
from grouping.models import SchemeVersion
from grouping.services import versions
from grouping.services.kept import kept, put

Changes = Mapping[str, Mapping[str, str]]  # DRG -> column of drg.csv -> new value


class VersionRefused(Refused):
    """A version cannot be changed as asked."""

    reasons = {
        "not_draft": "Only a draft can be changed. Copy the version first.",
        "proposed": "The version waits for approval. Withdraw the proposal first, then change it.",
        "unknown_drg": "The package has no group %(drg)s.",
        "bad_weight": "%(text)s is not a weight. Write digits and a point, as in 5.64294, or leave it empty.",
        "unchanged": "Nothing was changed.",
        "version_needed": "Write a version of its own, as in 1.1-2027.",
    }


@transaction.atomic
def copy(*, by: Membership, version: SchemeVersion, named: str) -> SchemeVersion:
    """A draft with the content of a sound version under a version name of its own, to be edited.

    Raises VersionRefused (version_needed).
    """
    content = versions.export(version)
    head = read_head(content[HEAD], [])
    assert head is not None
    if not named.strip() or named.strip() == head.version:
        raise VersionRefused("version_needed")
    content[HEAD] = write_head(replace(head, version=named.strip()))
    made = SchemeVersion.objects.create(
        form=SchemeVersion.Form.COPY, base=version, made_by=by, manifest=versions.seal(by=by, content=content)
    )
    package = read_files(content)
    versions.keep_package(package)
    versions.name_after(made, package)
    made.accept()
    made.save()
    journal.write(by=by, verb="scheme.copied", about=made, base=version.pk, digest=made.digest)
    return made


def digits(drg: Drg) -> str:
    """A weight as written; "" for none."""
    return "" if drg.weight is None else f"{drg.weight:f}"


def values(groups: Iterable[Drg]) -> dict[str, str]:
    """What of groups can be edited: "weight.CODE" and "note.CODE" with their texts."""
    found: dict[str, str] = {}
    for drg in groups:
        found |= {f"weight.{drg.code}": digits(drg), f"note.{drg.code}": drg.note}
    return found


@transaction.atomic
def edit(
    *,
    by: Membership,
    version: SchemeVersion,
    changes: Mapping[str, Mapping[str, str]],
    seen: Mapping[str, str] | None = None,
) -> SchemeVersion:
    """Change weights and notes of a draft's groups: DRG -> {"weight", "note"}; only those rows' bytes change.

    `seen`: the values the editor was shown, as `values` names them. Raises VersionRefused (not_draft,
    proposed, unknown_drg, bad_weight, unchanged), EditedMeanwhile when they are others by now.
    """
    draft = _draft(version)
    before = {row.code: row for rows in versions.groups_of(draft).drgs.values() for row in rows}
    drafts.check(seen or {}, values(before.values()))
    found: dict[str, dict[str, str]] = {}
    for drg, asked in changes.items():
        if drg not in before:
            raise VersionRefused("unknown_drg", drg=drg)
        old = {"weight": digits(before[drg]), "note": before[drg].note}
        new = {column: value.strip() for column, value in asked.items() if value.strip() != old[column]}
        if new:
            _check_weight(new.get("weight", ""))
            found[drg] = new
    if not found:
        raise VersionRefused("unchanged")
    return _store(by, draft, found)


def _store(by: Membership, draft: SchemeVersion, changes: Changes) -> SchemeVersion:
    old = versions.groups_of(draft)
    if not draft.manifest:  # of an older product: its files are kept from now on
        draft.manifest = versions.seal(by=by, content=versions.export(draft))
    name = "drg.csv"
    rows = with_values(name, versions.content_of(draft.manifest[name]), changes)
    draft.manifest |= versions.seal(by=by, content={name: rows})
    new = with_groups(old, changes, digest_of(old.head, _said(draft.manifest)))
    versions.name_after(draft, new)
    draft.save(update_fields=["manifest", "digest", "code", "name", "version"])
    journal.write(by=by, verb="scheme.edited", about=draft, groups=sorted(changes)[:50], digest=draft.digest)
    put(f"groups:{new.digest}", new)  # the rest is read when somebody asks for more than weights
    return draft


def _said(manifest: Mapping[str, str]) -> Iterator[bytes]:
    """What each file of a manifest says, read once: of an edited draft all files but one stay the same."""
    for table in TABLES:
        digest = manifest.get(table.file)
        yield (
            said(table.file, ())
            if digest is None
            else kept(f"said:{table.file}:{digest}", partial(_said_of, table, digest))
        )


def _said_of(table: Table, digest: str) -> bytes:
    return said(table.file, read_table(table, versions.content_of(digest)))


def _draft(version: SchemeVersion) -> SchemeVersion:
    locked = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != SchemeVersion.State.DRAFT:
        raise VersionRefused("not_draft")
    if versions.proposed(locked):
        raise VersionRefused("proposed")
    return locked


def _check_weight(text: str) -> None:
    if text and not (DECIMAL.pattern.match(text) and len(text) <= 20):
        raise VersionRefused("bad_weight", text=text)
