"""Filing an appeal, a second instance, taking one back (practice.md 4, S3-29, S0-66)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Attachment, Membership
from alliance.services import journal, steps
from performance.appeals import clock, second, window
from performance.appeals.refusals import AppealRefused, in_words
from performance.appeals.services import correcting
from performance.appeals.subjects import Subject
from performance.dues import flowing
from performance.models import Appeal, AppealAddition, AppealFile, AppealLine, PayLine
from performance.models.appeals import COLUMNS, FILE

Kind, State, About = Appeal.Kind, Appeal.State, AppealLine.About
# What an appeal about a number usually is; who files it may call it otherwise.
USUAL = {
    About.PAY.value: Kind.PERSONAL, About.SCORE.value: Kind.INDICATOR, About.VALUE.value: Kind.INDICATOR,
    About.CASE.value: Kind.DATA,
    About.OWN.value: Kind.INDICATOR, About.DEDUCTION.value: Kind.STATEMENT,
}  # fmt: skip


@dataclass(frozen=True)
class NewLine:
    """One number of a new appeal, what is right instead, and how much of it is disputed (fen; money only)."""

    subject: Subject
    said: str = ""
    disputed_fen: int | None = None


@in_words()
@transaction.atomic
def file(
    *,
    by: Membership,
    kind: str,
    lines: Sequence[NewLine],
    text: str,
    now: datetime,
    files: Sequence[Attachment] = (),
) -> Appeal:
    """File an appeal about numbers found by `subjects.find`; its working days begin (definitions 9).

    Raises PermissionDenied, AppealRefused (lines, month, early, text, disputed, open).
    """
    _may_file(by)
    months = {one.subject.month for one in lines}
    if not months:
        raise AppealRefused("lines")
    if len(months) > 1:
        raise AppealRefused("month")
    (month,) = months
    if not text.strip():
        raise AppealRefused("text")
    check_lines(lines, now)
    made = _make(by, kind, month, text, now, files, earlier=None)
    AppealLine.objects.bulk_create(new_lines(made, lines, 1))
    return made


def check_lines(lines: Sequence[NewLine], now: datetime) -> None:
    """Each number in its time, with what is disputed of it, and in no other open appeal.

    Raises AppealRefused (early, closed, closed_deduction, disputed, open).
    """
    _open_for_appeals(lines, now)
    for one in lines:
        _disputed(one)
        _not_twice(one.subject)


def new_lines(
    appeal: Appeal, lines: Sequence[NewLine], first: int, addition: AppealAddition | None = None
) -> list[AppealLine]:
    """Lines of an appeal, unsaved, numbered from `first`."""
    return [
        AppealLine(
            appeal=appeal, number=number, about=one.subject.about, said=one.said.strip(),
            disputed_fen=one.disputed_fen, institution_id=appeal.institution_id, addition=addition,
            **one.subject.columns,
        )
        for number, one in enumerate(lines, start=first)
    ]  # fmt: skip


def _may_file(by: Membership) -> None:
    if by.institution_id is None or not by.can(FILE):
        raise PermissionDenied(_("Your role does not include this step."))


def _open_for_appeals(lines: Sequence[NewLine], now: datetime) -> None:
    """Each number in its time (appeals.window)."""
    for one in window.all_of([line.subject for line in lines]):
        if not one.decided:
            raise AppealRefused("early", month=one.month)
        if not one.open(now):
            reason = "closed_deduction" if one.deduction else "closed"
            raise AppealRefused(reason, month=one.month, until=one.last_day)


def _disputed(line: NewLine) -> None:
    """Of a line of pay the amount in question is said, at most what its pot has; what the line gives beyond
    it is paid meanwhile.
    """
    money = line.subject.about == About.PAY
    if not money and line.disputed_fen is None:
        return
    most = line.subject.most or 0
    if line.disputed_fen is None or not 0 < line.disputed_fen <= most:
        raise AppealRefused("disputed", most=yuan(most, display=True))


def _not_twice(subject: Subject) -> None:
    _in_no_other(Q(**subject.columns) if subject.about != About.PAY else _of_person(subject.row))


def _of_person(row: PayLine) -> Q:
    """The same person's lines of the pot, whatever plan they stand in."""
    return Q(pay_line__pot=row.pot_id, pay_line__staff=row.staff_id)


def _in_no_other(number: Q) -> None:
    rows = AppealLine.objects.filter(number, appeal__state__in=Appeal.RUNNING)
    found = rows.values_list("appeal", flat=True).first()
    if found is not None:
        raise AppealRefused("open", appeal=found)


def _make(
    by: Membership, kind: str, month: Month, text: str, now: datetime, files: Sequence[Attachment],
    earlier: Appeal | None,
) -> Appeal:  # fmt: skip
    assert by.institution_id is not None, "who files belongs to an institution"
    due = clock.due(kind, now)
    made: Appeal = Appeal.objects.create(
        month=month.first_day, kind=Kind(kind), institution_id=by.institution_id, text=text.strip(),
        filed_by=by, filed_at=now, earlier=earlier, rule=str(due.answer.rule), due_at=due.answer.due_at,
        due_first_at=due.answer.due_at, escalates_at=due.escalates_at, provisional=due.answer.provisional,
    )  # fmt: skip
    AppealFile.objects.bulk_create(AppealFile(appeal=made, file=one) for one in files)
    journal.write(by=by, verb="appeal.filed", about=made, kind=kind, month=str(month))
    return made


@in_words()
@transaction.atomic
def ask_second(
    *, by: Membership, appeal: Appeal, text: str, now: datetime, files: Sequence[Attachment] = ()
) -> Appeal:
    """Ask for a second instance about the same numbers; other people answer it. Where a plan was written anew
    since, it is about the person's line of the plan that stands now.

    Raises PermissionDenied, AppealRefused (second, second_late, text, open, no_line).
    """
    _may_file(by)
    until = second.until(appeal)
    if until is None or not second.entitled(appeal, by):
        raise AppealRefused("second")
    if now >= until:
        raise AppealRefused("second_late", until=until)
    if not text.strip():
        raise AppealRefused("text")
    named = [f"pay_line__{one}" for one in correcting.PAY_LINE]
    lines = list(appeal.lines.select_related(*named).order_by("number"))
    for line in lines:
        if line.pay_line is not None:
            line.pay_line = correcting.present(line.pay_line)
            _counts(line)
        column = COLUMNS[line.about]
        same = Q(**{column: line.subject_id, "indicator": line.indicator})
        _in_no_other(same if line.pay_line is None else _of_person(line.pay_line))
    made = _make(by, appeal.kind, appeal.period, text, now, files, earlier=appeal)
    AppealLine.objects.bulk_create(
        AppealLine(
            appeal=made, number=line.number, about=line.about, said=line.said, disputed_fen=line.disputed_fen,
            institution_id=line.institution_id, indicator=line.indicator,
            **{f"{COLUMNS[line.about]}_id": line.subject_id},
        )
        for line in lines
    )  # fmt: skip
    return made


def _counts(line: AppealLine) -> None:
    """The line stands in the plan that counts, and asks for no more than its pot has now."""
    row = line.pay_line
    whole = row.pot.fen + flowing.money_of([row.pot_id]).get(row.pot_id, 0)
    if row.plan_id != row.pot.plan_id or whole <= 0:
        raise AppealRefused("no_line", name=str(row.staff), place=row.pot.place)
    line.disputed_fen = min(line.disputed_fen, whole)


@in_words()
@transaction.atomic
def withdraw(*, by: Membership, appeal: Appeal, now: datetime, version: int | None = None) -> Appeal:
    """Take an appeal back before it is answered. Raises PermissionDenied, Stale."""
    step = steps.admitted("withdraw", by=by, row=appeal, version=version)
    moved: Appeal = steps.take(step, by=by, row=appeal, verb="appeal.withdrawn", now=now)
    return moved
