"""Versions of schemes: a manifest of sealed files, shared between versions; packages, copies and edits."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from django.db import transaction

from alliance.approvals.models import Approval
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import files, journal
from grouping import drafts
from grouping.engine.compare import Change, compare
from grouping.engine.edit import groups_only, with_groups
from grouping.engine.head import read_head
from grouping.engine.package import open_package
from grouping.engine.rows import Drg
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import HEAD, NAMES, digest_of, read_files, said
from grouping.engine.tables import TABLES, Table
from grouping.engine.write import read_table, with_values, write_head, written
from grouping.models import SchemeContent, SchemeVersion
from grouping.services.kept import kept, put

SHIPPED = Path(__file__).resolve().parent.parent / "schemes"
RELEASE = "scheme.release"  # the kind of approval by which a version takes force
MOST_BYTES = 128 * 2**20  # of one file; a national package is 6 MiB in all


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


class ContentGone(LookupError):
    """The files of a version of an older product were not kept, and the product's differ now."""


@contextmanager
def zip_copy(content: Iterable[bytes], limit: int | None = None) -> Iterator[Path]:
    """The content as a file that `open_package` opens, gone when closed; above `limit` bytes files.TooLarge.

    A package holds no personal data, so it may lie open for the moment of reading.
    """
    with tempfile.NamedTemporaryFile(suffix=".zip") as plain:
        for piece in content:
            plain.write(piece)
            if limit is not None and plain.tell() > limit:
                raise files.TooLarge(limit)
        plain.flush()
        yield Path(plain.name)


def contents(version: SchemeVersion) -> dict[str, bytes]:
    """The bytes of a version's files by name, as they are kept. Raises ContentGone."""
    if version.manifest:
        rows = SchemeContent.objects.filter(digest__in=version.manifest.values()).select_related("attachment")
        held = {row.digest: _bytes(row) for row in rows}
        return {name: held[digest] for name, digest in version.manifest.items()}
    if version.shipped:
        return _shipped(version)
    assert version.upload is not None
    with zip_copy(files.read(version.upload)) as path:
        return open_package(path, NAMES)


def _bytes(row: SchemeContent) -> bytes:
    if row.public is not None:
        return bytes(row.public)
    assert row.attachment is not None, "a content lies in one of both places"
    return b"".join(files.read(row.attachment))


def _shipped(version: SchemeVersion) -> dict[str, bytes]:
    """The files in the product, if they are still those of the version: never others under its name."""
    folder = SHIPPED / version.code
    found = open_package(folder, NAMES) if folder.is_dir() else {}
    if not found or read_files(found).digest != version.digest:
        raise ContentGone(version.code)
    return found


def export(version: SchemeVersion) -> dict[str, bytes]:
    """The files of a sound version in written form: the same bytes however it came (FORMAT 1)."""
    found = contents(version)
    return found if version.manifest else written(found)


def package_of(version: SchemeVersion) -> Package:
    """The package of a sound version, read once a worker."""
    return _package(version.pk, version.digest)


@lru_cache(maxsize=4)
def _package(pk: int, digest: str) -> Package:
    def read() -> Package:
        return read_files(contents(SchemeVersion.objects.select_related("upload").get(pk=pk)))

    return kept(f"package:{digest}", read)


def groups_of(version: SchemeVersion) -> Package:
    """The package of a sound version with its groups, weights and rules only; other tables are empty."""
    return _groups(version.pk, version.digest)


@lru_cache(maxsize=8)
def _groups(pk: int, digest: str) -> Package:
    return kept(f"groups:{digest}", lambda: groups_only(_package(pk, digest)))


def keep_package(package: Package) -> None:
    """Keep a package that was just read or made, so that no page has to read it again."""
    put(f"package:{package.digest}", package)
    put(f"groups:{package.digest}", groups_only(package))


def differences(old: SchemeVersion, new: SchemeVersion) -> tuple[Change, ...]:
    """Every change between two sound versions, found once."""
    return kept(f"changes:{old.digest}:{new.digest}", lambda: compare(package_of(old), package_of(new)))


def released(digest: str) -> SchemeVersion | None:
    """The released version with a content, if the alliance has one."""
    found: SchemeVersion | None = SchemeVersion.objects.filter(
        digest=digest, state=SchemeVersion.State.RELEASED
    ).first()
    return found


def seal(*, by: Membership, content: Mapping[str, bytes]) -> dict[str, str]:
    """Keep files and return their manifest; what the alliance has already is not kept again."""
    manifest = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    known = set(SchemeContent.objects.filter(digest__in=manifest.values()).values_list("digest", flat=True))
    for name, data in content.items():
        if manifest[name] not in known:
            sealed = files.store(
                by=by, name=name, content=[data], purpose="import", content_type="text/plain",
                limit=MOST_BYTES,
            )  # fmt: skip
            SchemeContent.objects.create(digest=manifest[name], size=len(data), attachment=sealed)
            known.add(manifest[name])
    return manifest


def keep_public(content: Mapping[str, bytes]) -> dict[str, str]:
    """Keep files that ship with the product, readable by whoever has the database; return their manifest."""
    manifest = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    known = set(SchemeContent.objects.filter(digest__in=manifest.values()).values_list("digest", flat=True))
    for name, data in content.items():
        if manifest[name] not in known:
            SchemeContent.objects.create(digest=manifest[name], size=len(data), public=data)
            known.add(manifest[name])
    return manifest


def name_after(version: SchemeVersion, package: Package) -> None:
    """Take code, name, version and digest from the package read; saved by the caller."""
    head = package.head
    version.code, version.name, version.version = head.code[:40], head.name[:120], head.version[:20]
    version.digest = package.digest


@transaction.atomic
def copy(*, by: Membership, version: SchemeVersion, named: str) -> SchemeVersion:
    """A draft with the content of a sound version under a version name of its own, to be edited.

    Raises VersionRefused (version_needed).
    """
    content = export(version)
    head = read_head(content[HEAD], [])
    assert head is not None
    if not named.strip() or named.strip() == head.version:
        raise VersionRefused("version_needed")
    content[HEAD] = write_head(replace(head, version=named.strip()))
    made = SchemeVersion.objects.create(
        form=SchemeVersion.Form.COPY, base=version, made_by=by, manifest=seal(by=by, content=content)
    )
    package = read_files(content)
    keep_package(package)
    name_after(made, package)
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
    before = {row.code: row for rows in groups_of(draft).drgs.values() for row in rows}
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
    old = groups_of(draft)
    if not draft.manifest:  # of an older product: its files are kept from now on
        draft.manifest = seal(by=by, content=export(draft))
    name = "drg.csv"
    rows = with_values(name, _content(draft.manifest[name]), changes)
    draft.manifest |= seal(by=by, content={name: rows})
    new = with_groups(old, changes, digest_of(old.head, _said(draft.manifest)))
    name_after(draft, new)
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
    return said(table.file, read_table(table, _content(digest)))


def _content(digest: str) -> bytes:
    return _bytes(SchemeContent.objects.select_related("attachment").get(digest=digest))


def _draft(version: SchemeVersion) -> SchemeVersion:
    locked = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != SchemeVersion.State.DRAFT:
        raise VersionRefused("not_draft")
    if proposed(locked):
        raise VersionRefused("proposed")
    return locked


def proposed(version: SchemeVersion) -> bool:
    """Whether the version waits for a second person, who must decide about what was proposed."""
    return Approval.objects.filter(kind=RELEASE, about_id=version.pk, state=Approval.State.OPEN).exists()


def _check_weight(text: str) -> None:
    from grouping.engine.tables import DECIMAL

    if text and not (DECIMAL.pattern.match(text) and len(text) <= 20):
        raise VersionRefused("bad_weight", text=text)
