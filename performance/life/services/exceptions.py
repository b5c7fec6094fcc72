"""A lock exception for one institution; what its corrected data change goes into an open month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from alliance.approvals import registry
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import LedgerJournal
from alliance.lib.canonical import digest
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal, parameters
from performance import collect
from performance.accounts import institution_account, institution_code
from performance.appeals.services import anew, cases
from performance.appeals.services import standing as appeals
from performance.dues import booking as dues
from performance.dues import flowing
from performance.dues.flowing import Moved
from performance.engine.inputs import MonthInputs
from performance.engine.month import MonthResult
from performance.engine.settlement import settle
from performance.life.refusals import CorrectionRefused
from performance.life.services import booking
from performance.life.services import shares as sharing
from performance.models import (
    CorrectionLine,
    CorrectionPart,
    Line,
    LockException,
    MonthCorrection,
    MonthRun,
    Settlement,
)
from performance.models.life import LEAD, SECOND
from performance.pay.services import limits
from performance.services.rights import require

KIND, DAYS = "life.correction", "lock_exception.days"


@transaction.atomic
def open_exception(
    *, by: Membership, institution: Institution, month: Month, reason: str, until: datetime, now: datetime
) -> LockException:
    """Ask that one institution's data of an approved month may be corrected until a moment; then it ends.

    Raises PermissionDenied, CorrectionRefused (open_month, why, until).
    """
    require(by, LEAD)
    posted(month)
    if not reason.strip():
        raise CorrectionRefused("why")
    most = parameters.in_force(DAYS, on=now.date())
    assert isinstance(most, int)
    if not now < until <= now + timedelta(days=most + 1):
        raise CorrectionRefused("until", most=most)
    row: LockException = LockException.objects.create(
        month=month.first_day, institution=institution, reason=reason.strip(), until=until, opened_by=by,
        opened_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="lock.asked", about=row, month=str(month), institution=institution.code)
    return row


@transaction.atomic
def confirm(*, by: Membership, row: LockException, now: datetime) -> LockException:
    """A second person agrees; from now on, until its end, corrections count. Raises PermissionDenied,
    CorrectionRefused (same_person, ended, confirmed).
    """
    require(by, SECOND)
    if row.opened_by.user_id == by.user_id:
        raise CorrectionRefused("same_person")
    if now >= row.until:
        raise CorrectionRefused("ended")
    waiting = LockException.objects.filter(pk=row.pk, confirmed_by=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise CorrectionRefused("confirmed")
    journal.write(by=by, verb="lock.opened", about=row, until=row.until.isoformat())
    return LockException.objects.get(pk=row.pk)


def posted(month: Month) -> Settlement:
    """The approved result of a month. Raises CorrectionRefused (open_month)."""
    runs = MonthRun.objects.filter(month=month.first_day, state=MonthRun.State.POSTED)
    run = runs.select_related("settlement").first()
    if run is None or run.settlement is None:
        raise CorrectionRefused("open_month", month=month)
    return run.settlement


@transaction.atomic
def make(*, by: Membership, row: LockException, into: Month, now: datetime) -> MonthCorrection:
    """Settle the month again with this institution's data as they are now, everything else as approved, and
    draft the differences of all shares; the approved result stays.

    Raises PermissionDenied, CorrectionRefused (no_exception, closed, before, blocked, unchanged).
    """
    require(by, LEAD)
    month = Month.of(row.month)
    if not row.holds(now):
        raise CorrectionRefused("no_exception", institution=row.institution.short_name, month=month)
    booking.open_month(into, month)
    settlement = posted(month)
    before = standing(settlement)
    inputs = corrected(before, row.institution)
    result = settle(inputs)
    if result.status == "blocked":
        raise CorrectionRefused("blocked", month=month)
    so_far = settle(before)
    lines = [*differences(so_far, result), *sharing.of_pools(month, so_far, result)]
    if not any(one.diff_fen for one in lines):
        raise CorrectionRefused("unchanged", month=month)
    return keep(
        by=by, row=row, into=into, lines=lines, inputs=inputs.frozen(), inputs_digest=inputs.digest, now=now
    )


def keep(
    *, by: Membership, row: LockException, into: Month, lines: Sequence[CorrectionLine], inputs: bytes,
    inputs_digest: str, now: datetime,
) -> MonthCorrection:  # fmt: skip
    """Keep a draft with what it moves below the institutions. Raises CorrectionRefused (red_line)."""
    month = Month.of(row.month)
    moved = flowing.down(month, sharing.moves(lines))
    within_total(month, moved)
    made: MonthCorrection = MonthCorrection.objects.create(
        exception=row, month=row.month, into=into.first_day, inputs=inputs, made_by=by, made_at=now,
        inputs_digest=inputs_digest, digest=_digest(lines, moved),
    )  # fmt: skip
    for one in lines:
        one.correction = made
    CorrectionLine.objects.bulk_create(lines)
    CorrectionPart.objects.bulk_create(
        CorrectionPart(
            correction=made, pot=one.pot, line=one.line, staff=one.line.staff if one.line else None,
            before_fen=one.before_fen, after_fen=one.after_fen,
        )
        for one in moved
    )  # fmt: skip
    journal.write(by=by, verb="correction.made", about=made, month=str(month), digest=inputs_digest)
    return made


def _digest(lines: Iterable[CorrectionLine], moved: Iterable[Moved]) -> str:
    named = [[one.institution_id, one.diff_fen, *([one.pool_id] if one.pool_id else [])] for one in lines]
    return digest([named, [list(one.key) for one in moved]])


def within_total(month: Month, moved: Iterable[Moved]) -> None:
    """What flows to persons stays within the approved pay totals. Raises CorrectionRefused (red_line)."""
    found = limits.over_total(month, flowing.within_total(moved))
    if found is not None:
        name, over = Institution.objects.get(pk=found[0]).short_name, yuan(found[1], display=True)
        raise CorrectionRefused("red_line", institution=name, over=over, year=month.year)


def standing(settlement: Settlement) -> MonthInputs:
    """What the shares follow from today: the frozen inputs or those of the last posted correction, with the
    facts that appeals have corrected since.
    """
    return anew.with_facts(anew.frozen(settlement), appeals.of_month(settlement).facts)


def corrected(before: MonthInputs, institution: Institution) -> MonthInputs:
    """The same with the facts of one institution, and of those that report through it, as they are now; what
    upheld appeals say of its cases goes on to count.
    """
    places = list(
        Institution.objects.filter(Q(pk=institution.pk) | Q(parent=institution)).select_related("parent")
    )
    codes = {place.code for place in places}
    asked = collect.needs(before.indicators, before.scheme, before.month)
    kept = tuple(fact for fact in before.facts if fact.institution not in codes)
    fresh = cases.again(collect.facts_of(asked, places), before.month, codes)
    return replace(before, facts=(*kept, *fresh))


def differences(before: MonthResult, after: MonthResult) -> Iterator[CorrectionLine]:
    """Institutions whose share or score is another one, by code."""
    places = {place.code: place for place in Institution.objects.all()}
    earlier = {line.institution: line for line in before.lines}
    for line in after.lines:
        old = earlier[line.institution]
        if (old.fen, old.score) != (line.fen, line.score):
            yield CorrectionLine(
                institution=places[line.institution], before_fen=old.fen or 0, after_fen=line.fen or 0,
                before_score=old.score, after_score=line.score,
            )  # fmt: skip


def propose(*, by: Membership, row: MonthCorrection, today: date, version: int | None = None) -> Approval:
    """Put a correction before a second person. Raises as booking.propose."""
    return booking.propose(
        by=by, row=row, kind=KIND, verb="correction.proposed", today=today, version=version
    )


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: the differences go into the books. Else it is a draft again."""
    row = MonthCorrection.objects.select_for_update().get(pk=approval.about_id)
    booking.decided(row, approval, by, of="correction", post=_post)


registry.on_decided(KIND, decided)


def _post(row: MonthCorrection, approval: Approval) -> LedgerJournal:
    """Who was given too much gives, who too little takes: the same pool, to the fen, down to its persons.

    Raises CorrectionRefused (changed, red_line): nobody agrees to anything but what was previewed.
    """
    into = booking.open_month(row.open_month, row.period)
    parts = list(parts_of(row))
    _still_so(row, parts)
    lines = [
        one
        for one in CorrectionLine.objects.filter(correction=row).select_related("institution", "pool")
        if one.diff_fen
    ]
    accounts = ledger.open_accounts(by=approval.proposed_by, accounts=[
        institution_account(one.institution) for one in lines
    ])  # fmt: skip
    entries = [
        ledger.Line(
            accounts[institution_code(one.institution)], one.diff_fen,
            {"rule": KIND, "month": str(row.period), "before_fen": one.before_fen, "after_fen": one.after_fen,
             "before_score": one.before_score, "after_score": one.after_score,
             **({"pool": one.pool.title} if one.pool else {})},
            (KIND, row.pk),
        )
        for one in lines
    ]  # fmt: skip
    entries += dues.entries(parts, by=approval.proposed_by, rule=KIND, evidence=(KIND, row.pk))
    written = ledger.post(
        by=approval.proposed_by, confirmed_by=second_person(approval), month=into, about_month=row.period,
        kind=KIND, key=f"{KIND}:{row.pk}", entries=entries, inputs_digest=row.inputs_digest,
        text=str(row)[:300],
    )  # fmt: skip
    dues.owe_parts(parts, row.month, row.into, written.journal)
    return written.journal


def parts_of(row: MonthCorrection) -> QuerySet[CorrectionPart]:
    """What a correction moves below institutions, with whom its parts name."""
    rows: QuerySet[CorrectionPart] = CorrectionPart.objects.filter(correction=row).order_by("pk")
    return rows.select_related(
        "staff__institution", "pot__institution", "pot__department__institution", "pot__team", "pot__pool"
    )


def _still_so(row: MonthCorrection, parts: Iterable[CorrectionPart]) -> None:
    """No other correction of the month, no pot and no plan has moved since it was drafted."""
    flowing.lock(row.period)
    lines = list(CorrectionLine.objects.filter(correction=row))
    moved = flowing.down(row.period, sharing.moves(lines))
    later = MonthCorrection.objects.filter(
        month=row.month, state=MonthCorrection.State.POSTED, journal__posted_at__gt=row.made_at
    )
    before = sorted((one.pot_id, one.line_id or 0, one.before_fen, one.after_fen) for one in parts)
    pools_moved = sharing.differ(row, lines, lambda: standing(posted(row.period)))
    if later.exists() or pools_moved or sorted(one.key for one in moved) != before:
        raise CorrectionRefused("changed")
    within_total(row.period, moved)


def digest_of(approval: Approval) -> str:
    """The digest of the correction an approval is about; what it holds never changes."""
    found: str = MonthCorrection.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found


def shares(month: Month) -> dict[int, int]:
    """What each institution's own share of a month is with its posted corrections, fen by its id."""
    settlement = posted(month)
    found = dict(Line.objects.filter(settlement=settlement).values_list("institution", "fen"))
    rows = CorrectionLine.objects.filter(
        correction__month=month.first_day, correction__state=MonthCorrection.State.POSTED, pool=None
    )
    for one in rows.values("institution").annotate(
        before=Sum("before_fen"), after=Sum("after_fen")
    ).order_by():  # fmt: skip
        found[one["institution"]] = (found.get(one["institution"]) or 0) + one["after"] - one["before"]
    return {place: fen or 0 for place, fen in found.items()}
