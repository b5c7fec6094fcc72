"""The monthly data-check meeting 数据校核会: error rates of the month's samples, notices, its step (S3-36).

The step of the calendar is done once the meeting was held and every value of a sample of its month was
checked: a meeting without its error rate ticks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from alliance.lib import sampling
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters
from performance.declared.services import samples
from performance.meetings.models import Meeting
from performance.models import DeclaredNotice, DeclaredSample

LIMIT = "cp.data_error_max"


@dataclass(frozen=True)
class Rate:
    """What a sample says of one institution; `rate` in percent, None where nothing was checked."""

    name: str
    institution_id: int | None
    drawn: int
    checked: int
    wrong: int
    rate: Fraction | None
    over: bool
    notice: DeclaredNotice | None = None

    @property
    def known(self) -> bool:
        """Whether every drawn value was checked."""
        return self.checked == self.drawn


def limit_of(month: Month) -> Decimal:
    """The error rate above which a notice follows, in percent."""
    found = parameters.in_force(LIMIT, on=month.last_day)
    assert isinstance(found, Decimal)
    return found


def sample_of(month: Month) -> DeclaredSample | None:
    """The newest sample of a month."""
    found: DeclaredSample | None = DeclaredSample.objects.filter(month=month.first_day).first()
    return found


def rates(sample: DeclaredSample) -> list[Rate]:
    """Error rates by institution, the worst first; a fixed number of queries."""
    limit, tally = limit_of(Month.of(sample.month)), samples.tally(sample)
    names = dict(
        Institution.objects.filter(pk__in=[pk for pk in tally if pk]).values_list("pk", "short_name")
    )
    notices = {row.institution_id: row for row in DeclaredNotice.objects.filter(sample=sample)}
    found = [
        Rate(
            names.get(pk or 0, ""), pk, drawn, checked, wrong, sampling.error_rate(wrong, checked),
            checked == drawn and sampling.above(wrong, checked, limit), notices.get(pk or 0),
        )
        for pk, (drawn, checked, wrong) in tally.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-(one.rate or 0), one.name))


def whole(found: Sequence[Rate]) -> Fraction | None:
    """The error rate of the whole sample in percent, None until every value is checked."""
    if not found or not all(one.known for one in found):
        return None
    return sampling.error_rate(sum(one.wrong for one in found), sum(one.checked for one in found))


def meeting_of(month: Month) -> Meeting | None:
    """The data-check meeting of a month: held, else the next one planned."""
    rows = Meeting.objects.filter(kind=Meeting.Kind.DATA_CHECK, month=month.first_day)
    live: list[Meeting] = list(rows.exclude(state=Meeting.State.CANCELLED).order_by("begins_at"))
    return next((one for one in live if one.held_at), live[0] if live else None)


def held(month: Month) -> datetime | None:
    """When the meeting of a month was held with its error rate known; None until both are so."""
    row = meeting_of(month)
    if row is None or row.held_at is None:
        return None
    sample = sample_of(month)
    if sample is None or whole(rates(sample)) is None:
        return None
    return row.held_at
