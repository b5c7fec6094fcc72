"""Opening a case, its evidence, the warning, the institution's statement, dropping and closing (S4-32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import calendar, journal, parameters, steps
from alliance.services.files import Upload
from alliance.web import words
from grouping import facts as case_books
from performance.declared.services.proving import keep as keep_files
from performance.services.rights import require
from performance.violations.models import RUN, ZERO, Evidence, Violation
from performance.violations.refusals import ViolationRefused
from performance.violations.services.origins import About, cases_of
from performance.violations.services.uninvolved import require_uninvolved

TIME = "violation.statement_time"
INSPECTS = "sealed_box.open"
Kind, Source, State = Evidence.Kind, Violation.Source, Violation.State
SEALED = (State.FOUND, State.DECIDED, State.CLOSED, State.DROPPED)


def sources(by: Membership) -> list[tuple[str, str]]:
    """Where a case the member opens by hand may come from: a report only for who opens the box."""
    free = (Source.SIGNAL, Source.CENTRAL, Source.ENTRY, Source.NOTICE, Source.REPORT, Source.HAND)
    rows = [(one.value, str(one.label)) for one in free]
    return rows if by.can(INSPECTS) else [one for one in rows if one[0] != Source.REPORT]


@transaction.atomic
def open_case(
    *, by: Membership, institution: Institution, kind: str, title: str, facts: str, source: str,
    now: datetime, about: About | None = None, person: Membership | None = None,
    happened_on: date | None = None,
) -> Violation:  # fmt: skip
    """Open a case; what it is `about` is its first evidence. Of a report nothing is kept but that it was one.

    `person`, `happened_on`: who did it and when; the day is asked for where nothing is tolerated. Raises
    PermissionDenied, ViolationRefused (title, facts, happened_on, later, person, source, record, there).
    """
    require(by, RUN)
    for reason, said in (("title", title), ("facts", facts)):
        if not said.strip():
            raise ViolationRefused(reason)
    if kind in ZERO and happened_on is None:
        raise ViolationRefused("happened_on")
    if happened_on is not None and happened_on > timezone.localdate(now):
        raise ViolationRefused("later")
    if person is not None and person.institution_id != institution.pk:
        raise ViolationRefused("person")
    if source == Source.REPORT and not by.can(INSPECTS):
        raise ViolationRefused("source")
    if about is not None and (
        source != about.source or institution.pk not in (about.places or {institution.pk})
    ):
        raise ViolationRefused("record")
    number = _number(now)
    try:
        with transaction.atomic():
            row: Violation = Violation.objects.create(
                number=number, kind=kind, institution=institution, title=title.strip(), facts=facts.strip(),
                source=source, source_id=about.pk if about else None, opened_by=by, opened_at=now,
                source_mark=about.mark if about else "", person=person, happened_on=happened_on,
            )  # fmt: skip
    except IntegrityError as error:
        if about is None or "violation_source_once" not in str(error):
            raise
        raise ViolationRefused("there", number=cases_of(about.source, about.pk)[about.mark].number) from None
    if about is not None:
        Evidence.objects.create(
            violation=row, kind=about.kind, object_id=about.pk, text=about.text or title.strip(), added_by=by,
            added_at=now,
        )  # fmt: skip
    journal.write(by=by, verb="violation.opened", about=row, kind=kind)
    return row


def _number(now: datetime) -> str:
    """The next of the year; who opens at the same time waits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('violations'))")
    year = timezone.localtime(now).year
    n = Violation.objects.filter(number__startswith=f"WY{year}-").count() + 1
    return f"WY{year}-{n:04d}"


@transaction.atomic
def add_evidence(
    *, by: Membership, violation: Violation, kind: str, text: str, now: datetime,
    month: Month | None = None, record: str = "", files: Sequence[Upload] = (),
) -> Evidence:  # fmt: skip
    """Add what shows it: a case of the institution by month and record number, or words with a file. After
    the warning the institution is told, and a new term of its statement runs from now.

    Raises PermissionDenied, ViolationRefused (sealed, text, record), DeclaredRefused (file_large).
    """
    require(by, RUN)
    if violation.state in SEALED:
        raise ViolationRefused("sealed")
    if not text.strip():
        raise ViolationRefused("text")
    found = _case(violation, month, record) if kind == Kind.CASE else None
    kept = keep_files(by=by, place=violation.institution, uploads=files[:1])
    made: Evidence = Evidence.objects.create(
        violation=violation, kind=kind, object_id=found, text=text.strip(), file=kept[0] if kept else None,
        added_by=by, added_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="violation.evidence_added", about=violation, kind=kind)
    if violation.state != State.IDENTIFIED:
        due = max(_term(now), violation.due_at or now)
        step = steps.open_now("reopen", violation)
        steps.take(step, by=by, row=violation, verb="violation.reopened", now=now, due_at=due)
    return made


def _term(now: datetime) -> datetime:
    """Until when an institution may state its view, told now: the parameter of the day."""
    rule = parameters.rule_in_force(TIME, on=timezone.localdate(now))
    due: datetime = calendar.deadline(now, rule).due_at
    return due


def unanswered(violation: Violation) -> bool:
    """Whether evidence was added that the institution was never told of; its own does not count."""
    its = Membership.objects.filter(institution=violation.institution_id).values("user")
    told = violation.notified_at or violation.warned_at
    rows = violation.evidence.filter(added_at__gt=told).exclude(added_by__user__in=its)
    return bool(rows.exists())


def _case(violation: Violation, month: Month | None, record: str) -> int:
    if month is None:
        raise ViolationRefused("record")
    rows = case_books.cases(month, violation.institution_id).filter(record_no=record.strip())
    found: int | None = rows.values_list("pk", flat=True).first()
    if found is None:
        raise ViolationRefused("record")
    return found


@transaction.atomic
def warn(
    *, by: Membership, violation: Violation, text: str, now: datetime, version: int | None = None
) -> Violation:
    """Send the warning notice 预警通知书: the clock of the statement runs from now.

    Raises PermissionDenied, ViolationRefused (text, evidence), Stale.
    """
    step = steps.admitted("warn", by=by, row=violation, version=version)
    if not text.strip():
        raise ViolationRefused("text")
    if not violation.evidence.exists():
        raise ViolationRefused("evidence")
    moved: Violation = steps.take(
        step, by=by, row=violation, verb="violation.warned", now=now, warning=text.strip(), warned_by=by,
        due_at=_term(now),
    )  # fmt: skip
    return moved


@transaction.atomic
def state_view(
    *, by: Membership, violation: Violation, text: str, now: datetime, files: Sequence[Upload] = (),
    version: int | None = None,
) -> Violation:  # fmt: skip
    """The institution states its view 陈述申辩, in time; of a reopened case below what it said before.

    Raises PermissionDenied, ViolationRefused (text, late), DeclaredRefused (file_large), Stale.
    """
    step = steps.admitted("state_view", by=by, row=violation, version=version)
    if not text.strip():
        raise ViolationRefused("text")
    if violation.due_at is not None and now > violation.due_at:
        raise ViolationRefused("late", due=violation.due_at)
    kept = keep_files(by=by, place=violation.institution, uploads=files[:1])
    said, file = text.strip(), kept[0] if kept else None
    if violation.statement:
        said = f"{violation.statement}\n\n{words.moment(now)}\n{said}"
    if file is not None and violation.statement_file is not None:
        Evidence.objects.create(
            violation=violation, kind=Kind.OTHER, text=_("File of a further statement"), file=file,
            added_by=by, added_at=now,
        )  # fmt: skip
    moved: Violation = steps.take(
        step, by=by, row=violation, verb="violation.stated", now=now, statement=said, stated_by=by,
        statement_file=violation.statement_file or file,
    )  # fmt: skip
    return moved


@transaction.atomic
def drop(
    *, by: Membership, violation: Violation, why: str, now: datetime, version: int | None = None
) -> Violation:
    """It is none. Raises PermissionDenied, ViolationRefused (text, involved, opener), Stale."""
    step = steps.admitted("drop", by=by, row=violation, version=version)
    require_uninvolved(by, violation)
    if not why.strip():
        raise ViolationRefused("text")
    moved: Violation = steps.take(step, by=by, row=violation, verb="violation.dropped", now=now, remark=why)
    return moved


@transaction.atomic
def close(*, by: Membership, violation: Violation, now: datetime, version: int | None = None) -> Violation:
    """Everything is carried out. Raises PermissionDenied, ViolationRefused (open), Stale."""
    step = steps.admitted("close", by=by, row=violation, version=version)
    if violation.penalties.filter(attempt=violation.attempt, carried_at=None).exists():
        raise ViolationRefused("open")
    moved: Violation = steps.take(step, by=by, row=violation, verb="violation.closed", now=now)
    return moved
