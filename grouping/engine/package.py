"""The files of a scheme package, from a folder or from a zip of it; nothing is ever unpacked to disk."""

import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from grouping.engine.problems import Problem, SchemeError

MAX_BYTES = 128 * 2**20  # a full national package is about 6 MiB
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the only methods whose output zipfile can bound
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError)


def open_package(path: Path, names: frozenset[str]) -> dict[str, bytes]:
    """Read the files called `names` that the package at `path` has; any other file is ignored (FORMAT 1.1).

    Raises SchemeError for a path that is neither a folder nor a readable zip, for a zip with names that leave
    its folder, with repeated or encrypted members, and for a package above MAX_BYTES.
    """
    if path.is_dir():
        return _from_folder(path, names)
    if not path.is_file():
        raise _refused(path.name, "", "no_package")
    try:
        with zipfile.ZipFile(path) as archive:
            return _from_zip(archive, path.name, names)
    except DAMAGED as error:
        raise _refused(path.name, "", "zip_damaged") from error


def _refused(file: str, member: str, kind: str, **params: object) -> SchemeError:
    return SchemeError([Problem(file, None, "", member, kind, params)])


def _from_folder(folder: Path, names: frozenset[str]) -> dict[str, bytes]:
    found = {name: folder / name for name in sorted(names) if (folder / name).is_file()}
    _check_size(folder.name, sum(path.stat().st_size for path in found.values()))
    return {name: path.read_bytes() for name, path in found.items()}


def _from_zip(archive: zipfile.ZipFile, file: str, names: frozenset[str]) -> dict[str, bytes]:
    members = _members(archive, file)
    roots = [name.parent for name in members if name.name == "scheme.toml"]
    if len(roots) > 1:
        raise _refused(file, "", "zip_many")
    root = roots[0] if roots else PurePosixPath()
    wanted = {name: members[root / name] for name in names if root / name in members}
    _check_size(file, sum(info.file_size for info in wanted.values()))
    for info in wanted.values():
        if info.flag_bits & 0x1 or info.compress_type not in READABLE:
            raise _refused(file, info.filename, "zip_packed")
    return {name: _read(archive, info) for name, info in wanted.items()}


def _members(archive: zipfile.ZipFile, file: str) -> dict[PurePosixPath, zipfile.ZipInfo]:
    members: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = PurePosixPath(info.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in "".join(name.parts[:1]):
            raise _refused(file, info.filename, "zip_outside")
        if name in members:
            raise _refused(file, info.filename, "zip_twice")
        members[name] = info
    return members


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # A size is asked for because a member that lies about its own would otherwise unpack in full before
    # zipfile notices; past the announced size it stops and fails the CRC.
    with archive.open(info) as stream:
        return stream.read(info.file_size + 1)


def _check_size(file: str, size: int) -> None:
    if size > MAX_BYTES:
        raise _refused(file, "", "too_large", size=size, limit=MAX_BYTES)
