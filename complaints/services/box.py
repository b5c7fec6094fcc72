"""The sealed box 举报: filing by anybody, opening by discipline inspection alone (practice.md section 9).

The rows are seen only while a transaction has the box open; it is opened here and nowhere else. Nothing of a
report stands in the journal of the alliance, which people read who may not know of it: the box keeps its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Institution, Membership
from alliance.models.base import Stale
from alliance.services import calendar, files, parameters
from alliance.services.files import Upload
from complaints import links, machine, sql
from complaints.models import Report, ReportEvent, ReportFile
from complaints.services.attaching import checked
from complaints.services.moves import needed
from complaints.services.refusals import ComplaintRefused

PURPOSE = "report"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read for another


@dataclass(frozen=True, slots=True)
class Sealed:
    """A report filed: its number and the secret of its private link."""

    number: str
    secret: str


@contextmanager
def _open(what: str) -> Iterator[None]:
    with transaction.atomic():
        before = sql.set_box(what)
        yield
        sql.set_box(before)


def may_open(by: Membership) -> bool:
    """Discipline inspection of the whole alliance whose appointment stands.

    The role alone opens nothing, and a member of an institution never does.
    """
    return by.institution_id is None and by.can(machine.BOX) and sql.box_standing(by.pk)


@contextmanager
def opened(*, by: Membership) -> Iterator[None]:
    """The box open for who may: everything that is shown has to be read inside. Raises PermissionDenied."""
    if not may_open(by):
        raise PermissionDenied
    with _open(f"m:{by.pk}"):
        yield


def file(
    *,
    institution: Institution,
    text: str,
    mark: str,
    now: datetime,
    name: str = "",
    phone: str = "",
    uploads: Sequence[Upload] = (),
) -> Sealed:
    """Put a report into the box; the same form sent twice is one report. Nothing of who sent it is kept
    but the name and telephone that were given, sealed. Raises ComplaintRefused (text, too_many_files,
    names_kept).
    """
    text = needed(text, "text")
    checked(uploads, anonymous=not (name.strip() or phone.strip()), now=now)
    secret, once = links.secret(institution.alliance.code, PURPOSE, mark), hashed(mark)
    with _open(f"k:{once}"):
        known = Report.objects.filter(mark=once).first()
        if known is None:
            try:
                with transaction.atomic():
                    known = _store(institution, text, once, secret, now, name, phone)
                    _attach(known, uploads)
            except IntegrityError:
                known = Report.objects.get(mark=once)
        return Sealed(known.number, secret)


def _store(
    institution: Institution, text: str, mark: str, secret: str, now: datetime, name: str, phone: str
) -> Report:
    rule = parameters.rule_in_force("complaint.sealed_accept", on=now.astimezone(SHANGHAI).date())
    row: Report = Report.objects.create(
        number=_number(), institution=str(institution.pk),
        text=text, name=name.strip() or None, phone=phone.strip() or None, received_at=now,
        due_at=calendar.deadline(now, rule).due_at, link_hash=hashed(secret), mark=mark,
    )  # fmt: skip
    return row


def _number() -> str:
    return f"JB-{''.join(secrets.choice(LETTERS) for _place in range(8))}"


def _attach(row: Report, uploads: Sequence[Upload]) -> None:
    for number, one in enumerate(uploads, start=1):
        ending = one.content_type.rpartition("/")[2]
        stored = files.store(
            by=None, name=f"{number}.{ending}", content=one.content, purpose=Attachment.Purpose.SAID,
            content_type=one.content_type, limit=one.limit, told=False,
        )  # fmt: skip
        ReportFile.objects.create(report=row, attachment=stored)


def of_link(secret: str) -> Report | None:
    """The report of a private link, in the alliance in scope; None where the link opens nothing."""
    with _open(f"k:{hashed(secret)}"):
        found: Report | None = Report.objects.filter(link_hash=hashed(secret)).first()
        return found


def add(*, report: Report, text: str, mark: str, now: datetime) -> None:
    """Keep what the person says later; the same form sent twice is one addition."""
    text = needed(text, "text")
    with _open(f"k:{report.link_hash}"):
        ReportEvent.objects.bulk_create(
            [ReportEvent(report=report, what="added", note=text, mark=hashed(mark), at=now)],
            ignore_conflicts=True,
        )


def listed(*, by: Membership) -> list[Report]:
    """All reports, newest first. Raises PermissionDenied."""
    with opened(by=by):
        return list(Report.objects.all())


def read(*, by: Membership, pk: int, now: datetime) -> tuple[Report, list[ReportEvent], list[ReportFile]]:
    """One report with its history and files; the reading itself is kept first.

    Raises PermissionDenied, Report.DoesNotExist.
    """
    with opened(by=by):
        row = Report.objects.get(pk=pk)
        ReportEvent.objects.create(report=row, what="opened", by=by, at=now)
        events = list(row.events.select_related("by__user"))
        return row, events, list(row.files.select_related("attachment"))


def move(*, by: Membership, pk: int, to: str, said: str, note: str, now: datetime) -> None:
    """Take a report up, refuse it or finish it: what the person is told, and a note for the box.

    Raises ComplaintRefused (said, box_step), Stale when somebody was faster, Report.DoesNotExist.
    """
    with opened(by=by):
        row: Any = Report.objects.get(pk=pk)
        steps = {str(one.target) for one in row.get_available_state_transitions()}
        if to not in steps:
            raise ComplaintRefused("box_step")
        told = needed(said, "said") if to != Report.State.EXAMINED else said.strip()
        if not Report.objects.filter(pk=pk, state=row.state).update(state=to, said=told or None):
            raise Stale(row)
        ReportEvent.objects.create(
            report=row, what="moved", state=to, note=note.strip() or None, by=by, at=now
        )
