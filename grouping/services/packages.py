"""Taking in a scheme package as zip, folder or workbook: kept as it came, checked by a job, reported."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from alliance.lib.refusal import Refused
from alliance.lib.sheets.limits import Limits, SheetRefused
from alliance.models import Membership
from alliance.services import files, jobs, journal, parameters
from grouping.engine.inspection import Inspection, inspect
from grouping.engine.package import open_package
from grouping.engine.problems import Problem, SchemeError
from grouping.engine.scheme import NAMES
from grouping.engine.write import written
from grouping.models import SchemeFinding, SchemeVersion
from grouping.readers.workbook import read_workbook
from grouping.services import edits, schemes, versions

CHECK = "scheme.check"
TYPES = {
    "zip": "application/zip",
    "files": "application/zip",
    "workbook": "application/octet-stream",
}
Form = SchemeVersion.Form
State = SchemeVersion.State
Part = tuple[str, Iterable[bytes]]  # file name as sent, its content in pieces


class UploadRefused(Refused):
    """An upload is no package in any of its forms."""

    reasons = {
        "nothing": "Choose a zip, a workbook, or the files of a package.",
        "twice": "%(name)s is there twice. Choose the files of one package folder.",
        "no_file": "None of these files belongs to a package. Choose the folder that holds scheme.toml.",
        "proposed": edits.VersionRefused.reasons["proposed"],
        "kept": "A released version is kept: cases were grouped by it. Let another version hold instead.",
        "gone": "This version is put aside already.",
        "not_open": "This version is released or put aside. Import the package anew.",
    }


@transaction.atomic
def receive(
    *, by: Membership, parts: Sequence[Part], today: date, replaces: SchemeVersion | None = None
) -> SchemeVersion:
    """Keep an upload and queue its check. One zip, one xlsx, or the files of a folder; others are left out.

    With `replaces` it takes the place of an earlier upload that was faulty or is still a draft. Raises
    UploadRefused, files.TooLarge (beyond `upload.workbook_bytes`).
    """
    form, name = _form(parts)
    limit = _whole("upload.workbook_bytes", today)
    content = _zip_of(parts, limit) if form == Form.FILES else parts[0][1]
    sealed = files.store(
        by=by, name=name, content=content, purpose="import", content_type=TYPES[form], limit=limit
    )
    version = SchemeVersion(made_by=by) if replaces is None else _emptied(replaces)
    version.form, version.upload, version.made_by = form, sealed, by
    version.save()
    version.job = jobs.enqueue(
        by=by, kind=CHECK, dedupe=f"{version.pk}-{sealed.pk}", arguments={"version": version.pk}
    )
    version.save(update_fields=["job"])
    journal.write(by=by, verb="scheme.received", about=version, form=form, size=sealed.size)
    return version


def _form(parts: Sequence[Part]) -> tuple[str, str]:
    """How the package came, and the name to show."""
    if not parts:
        raise UploadRefused("nothing")
    names = [name for name, _content in parts]
    if len(names) == 1 and names[0].lower().endswith(".zip"):
        return Form.ZIP, names[0]
    if len(names) == 1 and names[0].lower().endswith(".xlsx"):
        return Form.WORKBOOK, names[0]
    known = [name for name in names if name in NAMES]
    for name in known:
        if known.count(name) > 1:
            raise UploadRefused("twice", name=name)
    if not known:
        raise UploadRefused("no_file")
    return Form.FILES, "package.zip"


def _zip_of(parts: Sequence[Part], limit: int) -> Iterator[bytes]:
    """The files of a package as one zip, so that an upload is kept whole and as it came."""
    with tempfile.TemporaryFile() as plain:
        size = 0
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts:
                if name in NAMES:
                    with archive.open(name, "w") as member:
                        for piece in content:
                            size += member.write(piece)
                            if size > limit * 10:
                                raise files.TooLarge(limit)
        plain.seek(0)
        while piece := plain.read(files.PIECE):
            yield piece


def _emptied(version: SchemeVersion) -> SchemeVersion:
    """The version as it waits for another upload; the faulty one is not needed any more."""
    locked = SchemeVersion.objects.select_for_update(of=("self",)).select_related("upload").get(pk=version.pk)
    if locked.state not in (State.REFUSED, State.DRAFT, State.RECEIVED):
        raise UploadRefused("not_open")
    _refuse_proposed(locked)
    before, old = locked.state, locked.upload
    locked.findings.all().delete()
    locked.replace()
    locked.manifest, locked.digest, locked.refusal = {}, "", None
    locked.errors = locked.warnings = 0
    locked.upload = None
    locked.save()
    if old is not None:
        files.forget(old)
    journal.step(by=version.made_by, about=locked, name="replace", before=before, after=locked.state)
    return locked


def _refuse_proposed(version: SchemeVersion) -> None:
    if versions.proposed(version):
        raise UploadRefused("proposed")


@jobs.handles(CHECK, gettext_lazy("Check a scheme package"))
def check(work: jobs.Work) -> jobs.Step:
    """Read the upload whole and keep what was found; a sound package becomes a draft."""
    version = SchemeVersion.objects.select_related("upload", "made_by").get(pk=work.job.arguments["version"])
    if version.state != State.RECEIVED or version.job_id != work.job.pk:
        return jobs.Step(more=False)  # discarded or replaced meanwhile
    try:
        content = _opened(version)
    except SheetRefused as refused:
        version.refusal = {"reason": refused.reason, "params": _plain(refused.params)}
        found = Inspection(None, ())
    except SchemeError as error:
        found = Inspection(None, error.problems)
    else:
        found = inspect(content)
    _keep(version, found)
    if found.scheme is None:
        version.refuse()
    else:
        assert version.made_by is not None
        version.manifest = versions.seal(by=version.made_by, content=written(content))
        versions.name_after(version, found.scheme)
        versions.keep_package(found.scheme)
        version.accept()
    version.save()
    if found.scheme is not None:
        _compare_ahead(version)
    journal.step(by=None, about=version, name="check", before=State.RECEIVED, after=version.state)
    counts = {"errors": version.errors, "warnings": version.warnings}
    journal.write(
        by=version.made_by, verb="scheme.checked", about=version,
        errors=version.errors, warnings=version.warnings,
    )  # fmt: skip
    return jobs.Step(more=False, result=counts)


def _compare_ahead(version: SchemeVersion) -> None:
    """Find what changed against the scheme in force now, so that its page need not."""
    try:
        held = versions.released(schemes.in_force(timezone.localdate()).digest)
        if held is not None:
            versions.differences(held, version)
    except (schemes.NoScheme, versions.ContentGone):
        return  # nothing to compare with


def _opened(version: SchemeVersion) -> dict[str, bytes]:
    """The files of the upload; raises SheetRefused, SchemeError."""
    assert version.upload is not None
    if version.form == Form.WORKBOOK:
        with files.plain_copy(version.upload) as plain:
            return read_workbook(plain, limits=_limits())
    with versions.zip_copy(files.read(version.upload)) as path:
        return open_package(path, NAMES)


def _limits() -> Limits:
    today = timezone.localdate()
    return Limits(
        workbook_bytes=_whole("upload.workbook_bytes", today), ratio=_whole("upload.ratio", today),
        unpacked_bytes=_whole("upload.unpacked_bytes", today), members=_whole("upload.members", today),
        columns=_whole("upload.columns", today),
    )  # fmt: skip


def _keep(version: SchemeVersion, found: Inspection) -> None:
    """Store the findings; a file that is damaged throughout has one a row."""
    rows = [_finding(version, problem, grave=True) for problem in found.errors]
    rows += [_finding(version, problem, grave=False) for problem in found.warnings]
    SchemeFinding.objects.bulk_create(rows, batch_size=2_000)
    version.errors, version.warnings = len(found.errors), len(found.warnings)


def _finding(version: SchemeVersion, problem: Problem, *, grave: bool) -> SchemeFinding:
    upload = version.upload.shown_name if version.upload is not None else ""
    whole = problem.file not in NAMES  # a problem of the zip itself bears the name of a temporary file
    return SchemeFinding(
        version=version, grave=grave, file=(upload if whole else problem.file)[:120], line=problem.line,
        column=problem.column[:60], text=_sound(problem.text)[:400], kind=problem.kind,
        params=_plain(problem.params),
    )  # fmt: skip


def _plain(params: object) -> dict[str, object]:
    """Parameters for JSON; what is no number becomes text without NUL."""
    assert hasattr(params, "items")
    return {
        name: value if isinstance(value, int) else _sound(str(value))[:400] for name, value in params.items()
    }


def _sound(text: str) -> str:
    return text.replace("\0", "\ufffd")


@transaction.atomic
def discard(*, by: Membership, version: SchemeVersion) -> SchemeVersion:
    """Put a version aside that was never released. Raises UploadRefused (kept, gone, proposed)."""
    locked = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state not in (State.RECEIVED, State.REFUSED, State.DRAFT):
        raise UploadRefused("kept" if locked.state == State.RELEASED else "gone")
    _refuse_proposed(locked)
    before = locked.state
    locked.discard()
    locked.save(update_fields=["state"])
    journal.step(by=by, about=locked, name="discard", before=before, after=locked.state)
    return locked


def _whole(key: str, on: date) -> int:
    found = parameters.in_force(key, on=on)
    assert isinstance(found, int)
    return found
