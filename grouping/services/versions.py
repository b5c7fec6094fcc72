"""Versions of schemes: a manifest of sealed files, shared between versions, and the packages they make."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.services import files
from grouping.engine.compare import Change, compare
from grouping.engine.edit import groups_only
from grouping.engine.package import open_package
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import NAMES, read_files
from grouping.engine.write import written
from grouping.models import SchemeContent, SchemeVersion
from grouping.services.kept import kept, put

SHIPPED = Path(__file__).resolve().parent.parent / "schemes"
RELEASE = "scheme.release"  # the kind of approval by which a version takes force
MOST_BYTES = 128 * 2**20  # of one file; a national package is 6 MiB in all


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


def content_of(digest: str) -> bytes:
    """The bytes of one kept file."""
    return _bytes(SchemeContent.objects.select_related("attachment").get(digest=digest))


def proposed(version: SchemeVersion) -> bool:
    """Whether the version waits for a second person, who must decide about what was proposed."""
    return Approval.objects.filter(kind=RELEASE, about_id=version.pk, state=Approval.State.OPEN).exists()
