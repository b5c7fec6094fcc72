"""Taking in a city's grouping scheme: its zip is checked whole, sealed, and holds from a day on (FORMAT)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Job, Membership
from alliance.services import files, journal, parameters
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import read_scheme
from grouping.models import Case, Scheme
from grouping.services import grouping, schemes

LIMIT = "upload.workbook_bytes"


class SchemeRefused(Refused):
    """A package that is sound cannot be adopted as asked."""

    reasons = {
        "day_taken": "From %(day)s on %(scheme)s already holds. Choose another first day.",
    }


@transaction.atomic
def adopt_package(
    *, by: Membership, name: str, content: Iterable[bytes], from_date: date, today: date
) -> Scheme:
    """Check, seal and adopt the zip of a scheme package from a day on; cases from that day are grouped again.

    The same package from the same day is the scheme that is already there. Nothing is stored when refused:
    raises files.TooLarge, SchemeError (every problem with file, line and column), SchemeRefused (day_taken).
    """
    limit = parameters.in_force(LIMIT, on=today)
    assert isinstance(limit, int)
    with schemes.zip_copy(content, limit) as path:
        package = read_scheme(path)
        before = _already(package, from_date)
        if before is not None:
            return before
        sealed = files.store(
            by=by, name=name, content=_pieces(path), purpose="import", content_type="application/zip",
            limit=limit,
        )  # fmt: skip
    row = _row(package, sealed, from_date)
    said = {"code": row.code, "digest": row.digest, "from_date": str(from_date)}
    journal.write(by=by, verb="scheme.adopted", about=row, **said)
    schemes.mark_alliance(by.alliance, today=today)
    group_from(by=by, day=from_date)
    return row


def _row(package: Package, sealed: Attachment, from_date: date) -> Scheme:
    head = package.head
    return Scheme.objects.create(
        code=head.code, name=head.name[:120], version=head.version[:20], from_date=from_date,
        digest=package.digest, package=sealed,
    )  # fmt: skip


def group_from(*, by: Membership, day: date) -> list[Job]:
    """Queue the grouping of every month that holds a case discharged on or after a day."""
    since = datetime.combine(day, time(), SHANGHAI)
    months = Case.objects.filter(discharged_at__gte=since).order_by("month")
    found = months.values_list("month", flat=True).distinct()
    return [grouping.enqueue_month(by=by, month=Month.of(month)) for month in found]


def _already(package: Package, from_date: date) -> Scheme | None:
    """The scheme that begins on the day if it is this very package; raises when it is another."""
    found = Scheme.objects.filter(from_date=from_date).first()
    if found is not None and found.digest != package.digest:
        raise SchemeRefused("day_taken", day=from_date, scheme=str(found))
    return found


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as plain:
        while piece := plain.read(files.PIECE):
            yield piece
