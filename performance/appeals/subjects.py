"""What an appeal can be about: a number somebody sees of the own, found through the second wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from alliance.lib.period import Month
from alliance.models import Membership
from grouping import visible
from performance.models import (
    AppealLine,
    Consequence,
    IndicatorValue,
    Level,
    LevelRun,
    LevelScore,
    Line,
    MonthRun,
    PayDue,
    PayLine,
    PayPot,
)
from performance.models.appeals import COLUMNS, FILE
from performance.models.pay_sight import PERSONS, leads_all
from performance.pay.show_pots import people_seen

About = AppealLine.About
DECIDED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)
DEDUCTIONS = (
    Consequence.Kind.COMMITMENT, Consequence.Kind.GAMING, Consequence.Kind.VIOLATION, Consequence.Kind.FAIL,
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """One number: its row, the month it belongs to, its amount as it stands where it is money (fen), and
    what may be asked of it at most: of a line of pay all its pot has.
    """

    about: str
    row: Any
    month: Month
    fen: int | None = None
    most: int | None = None

    @property
    def key(self) -> str:
        """As an address and a form carry it: "pay-17"."""
        return f"{self.about}-{self.row.pk}"

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a line that hold it."""
        if self.about == About.OWN:
            return {"own": self.row.subject, "indicator": self.row.indicator}
        return {COLUMNS[self.about]: self.row}


def find(by: Membership, about: str, pk: int) -> Subject | None:
    """The number if the member may file an appeal about it, else None."""
    if about not in About.values or not by.can(FILE):
        return None
    row = rows(by, about).filter(pk=pk).first()
    return None if row is None else subject_of(about, row)


def rows(by: Membership, about: str) -> QuerySet[Any]:
    """The numbers of a kind the member may file about: the own ones and those of whom one leads."""
    found: QuerySet[Any] = _OF[about](by)
    return found


def speaks_for_place(by: Membership) -> bool:
    """Whether the member files about the numbers of the own institution as a whole."""
    return by.institution_id is not None and by.can(FILE) and leads_all(by)


def _pay(by: Membership) -> QuerySet[Any]:
    if by.institution_id is None:
        return PayLine.objects.none()
    pots = PayPot.objects.filter(state__in=PayPot.WITH_LINES)
    found: QuerySet[Any] = PayLine.objects.filter(
        pot__in=pots, plan__in=pots.values("plan"), staff__in=people_seen(by)
    ).select_related("pot__pool", "pot__department__institution", "pot__team", "pot__institution", "staff")
    return found.annotate(
        corrected=_sum(PayDue.objects.of_lines().filter(line=OuterRef("pk"))),
        pot_more=_sum(PayDue.objects.filter(pot=OuterRef("pot"), kind=PayDue.Kind.SHARE)),
    )


def _sum(rows: QuerySet[Any]) -> Any:
    """Fen of what posted corrections moved; 0 where none did."""
    sums = rows.order_by().values("alliance").annotate(fen=Sum("fen")).values("fen")
    return Coalesce(Subquery(sums), 0, output_field=BigIntegerField())


def _of_month(model: Any) -> Any:
    def found(by: Membership) -> QuerySet[Any]:
        runs = MonthRun.objects.filter(state__in=DECIDED).values("settlement")
        here: QuerySet[Any] = model.objects.filter(institution=by.institution_id, settlement__in=runs)
        return here.select_related("settlement", "institution") if speaks_for_place(by) else here.none()

    return found


def _own(by: Membership) -> QuerySet[Any]:
    """Indicators of persons by the runs that count: the own ones and those of whom one leads."""
    later = LevelRun.objects.filter(
        month=OuterRef("subject__run__month"), level=Level.PERSON, state=LevelRun.State.COMPUTED,
        number__gt=OuterRef("subject__run__number"),
    )  # fmt: skip
    found: QuerySet[Any] = LevelScore.objects.filter(
        ~Exists(later), subject__run__level=Level.PERSON, subject__run__state=LevelRun.State.COMPUTED,
        subject__staff__in=people_seen(by),
    ).select_related("subject__run__scheme", "subject__staff", "subject__institution")  # fmt: skip
    return found if by.institution_id is not None else found.none()


def _case(by: Membership) -> QuerySet[Any]:
    found: QuerySet[Any] = visible.cases(by)
    return found if by.institution_id is not None and by.can("case.view") else found.none()


def _deduction(by: Membership) -> QuerySet[Any]:
    found: QuerySet[Any] = Consequence.objects.filter(
        institution=by.institution_id, kind__in=DEDUCTIONS, state=Consequence.State.AGREED
    ).select_related("institution", "department", "staff")
    return found if speaks_for_place(by) else found.none()


_OF = {
    About.PAY.value: _pay, About.SCORE.value: _of_month(Line), About.VALUE.value: _of_month(IndicatorValue),
    About.CASE.value: _case, About.DEDUCTION.value: _deduction,
    About.OWN.value: _own,
}  # fmt: skip


def subject_of(about: str, row: Any) -> Subject:
    """A row as the number it is."""
    if about == About.PAY:
        most = row.pot.fen + row.pot_more
        return Subject(about, row, row.pot.pool.period, row.fen + row.corrected, most)
    if about == About.OWN:
        return Subject(about, row, row.subject.run.period)
    if about == About.CASE:
        return Subject(about, row, Month.of(row.month))
    if about == About.DEDUCTION:
        return Subject(about, row, month_of(row.period), row.fen, row.fen)
    fen = getattr(row, "fen", None)
    return Subject(about, row, Month.of(row.settlement.month), fen, fen)


def of_line(by: Membership, line: AppealLine) -> Subject | None:
    """The number a stored line is about, if the member may file about it."""
    if line.about != About.OWN:
        return find(by, line.about, line.subject_id)
    row = rows(by, About.OWN).filter(subject=line.own_id, indicator=line.indicator).first()
    return None if row is None else subject_of(About.OWN, row)


def identity(one: Subject) -> tuple[str, int, str]:
    """What makes a number the same as that of a line: its kind, its row, of a person the indicator."""
    if one.about == About.OWN:
        return one.about, one.row.subject_id, one.row.indicator
    return one.about, one.row.pk, ""


def key_of(line: AppealLine) -> tuple[str, int, str]:
    """The same of a stored line."""
    return line.about, line.subject_id, line.indicator


def month_of(period: str) -> Month:
    """The month a period ends with: "2026-10", "2026-Q3" or "2026"."""
    year, _dash, part = period.partition("-")
    if part.startswith("Q"):
        return Month(int(year), 3 * int(part[1:]))
    return Month(int(year), int(part) if part else 12)


__all__ = [
    "DECIDED", "PERSONS", "Subject", "find", "identity", "key_of", "month_of", "of_line", "rows",
    "speaks_for_place",
]  # fmt: skip
