"""Letters looked at during their year, judged after it: what was promised, what came of it (S3-31).

The deduction is a proposal with its figures. What is not known never counts as broken: it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal, steps
from performance.consequences import measures
from performance.consequences.measures import Clock, Reached
from performance.consequences.refusals import LetterRefused
from performance.consequences.services import letters, proposals
from performance.consequences.services.proposals import Finding, Reviewed
from performance.engine.commitments import Promise, total
from performance.engine.exact import half_up
from performance.models import Consequence, Letter, LetterPromise, Line, MonthRun
from performance.models.letters import RUN
from performance.services.rights import require

KIND = Consequence.Kind.COMMITMENT
State = Letter.State
JUDGED = (State.ASSESSED, State.SETTLED)
PLACES = 4


def reached(rows: Sequence[Letter], year: int, today: date) -> dict[int, list[Reached]]:
    """What the letters of one year have come to, by letter; queries grow with months, not with letters."""
    promises: dict[int, list[Promise]] = defaultdict(list)
    counted = {(row.pk, row.revision) for row in rows}
    for line in LetterPromise.objects.filter(letter__in=rows).order_by("place"):
        if (line.letter_id, line.revision) in counted:
            promises[line.letter_id].append(line.promise())
    code = {row.pk: row.institution.code for row in rows}
    found = measures.reached(
        {code[pk]: lines for pk, lines in promises.items()},
        {row.institution.code: letters.rule_of(row) for row in rows}, Clock.at(year, today),
    )  # fmt: skip
    return {row.pk: found.get(code[row.pk], []) for row in rows}


def plain(one: Reached) -> dict[str, Any]:
    """A promise and what it came to, as it is kept: texts and whole numbers."""
    promise, found, measured = one.promise, one.found, one.measured

    def text(value: Any) -> str | None:
        return None if value is None else str(half_up(value, PLACES))

    return {
        "code": promise.code, "of": promise.of, "per": promise.per, "side": promise.side,
        "target": str(promise.target), "share": str(promise.share), "value": text(found.value),
        "forecast": text(found.forecast), "fulfilment": text(found.fulfilment), "standing": found.standing,
        "deduction": None if found.deduction is None else str(found.deduction),
        "numerator": None if measured.numerator is None else str(measured.numerator),
        "denominator": None if measured.denominator is None else str(measured.denominator),
        "known": measured.known, "missing": [str(month) for month in measured.missing],
        **({"interval": [str(end) for end in found.interval]} if found.interval else {}),
    }  # fmt: skip


@transaction.atomic
def assess(
    *, by: Membership | None, letter: Letter, now: datetime, left_out: str = "", version: int | None = None
) -> Letter:
    """Judge a letter whose year is over; what is broken opens a proposal, else it is settled.

    What is not known is refused (asks) unless `left_out` says why it is assessed without: then it does not
    count. Raises PermissionDenied, LetterRefused (early, asks), Stale.
    """
    if by is not None:
        require(by, RUN)
    today = proposals.today_of(now)
    clock = Clock.at(letter.year, today)
    if not clock.over:
        raise LetterRefused("early", year=letter.year, day=Month(letter.year + 1, 1).first_day)
    found = reached([letter], letter.year, today)[letter.pk]
    return _judged(by, letter, found, now, left_out, version)


def _judged(
    by: Membership | None, letter: Letter, found: Sequence[Reached], now: datetime, left_out: str,
    version: int | None,
) -> Letter:  # fmt: skip
    asked = [one for one in found if one.found.standing == "unknown"]
    if asked and not left_out.strip():
        names = measures.names([one.promise for one in asked])
        raise LetterRefused("asks", names="、".join(dict.fromkeys(names.values())))
    outcome = [plain(one) for one in found]
    step = steps.open_now("assess", letter, version)
    moved = letters.move(
        step, by, letter, verb="letter.assessed", now=now, outcome=outcome, left_out=left_out.strip(),
        progress=outcome, progress_at=now, said={"year": letter.year},
    )  # fmt: skip
    finding = _finding(moved, bases_of([moved]))
    if finding is None:
        return settle(by, moved)
    proposals.review([finding], proposals.live([KIND], letter=moved), now=now)
    return moved


def settle(by: Membership | None, letter: Letter) -> Letter:
    """Nothing is deducted, or it is decided."""
    step = steps.open_now("settle", letter)
    return letters.move(step, by, letter, verb="letter.settled", said={"year": letter.year})


def bases_of(rows: Iterable[Letter]) -> dict[int, int | None]:
    """The year's performance pay behind each letter in fen: the bases of its twelve decided months.

    None while a month lacks its decision: then percent alone is proposed.
    """
    found = list(rows)
    years = {row.year for row in found}
    runs = MonthRun.objects.filter(
        month__year__in=years, state__in=[MonthRun.State.APPROVED, MonthRun.State.POSTED]
    )
    at = {run.settlement_id: Month.of(run.month) for run in runs}
    sums: dict[tuple[int, int], list[int]] = defaultdict(list)
    places = {row.institution_id for row in found}
    lines = Line.objects.filter(settlement__in=at, institution__in=places)
    for settlement, place, fen in lines.values_list("settlement", "institution", "basis_fen"):
        sums[at[settlement].year, place].append(fen)
    return {
        row.pk: sum(known) if len(known := sums.get((row.year, row.institution_id), [])) == 12 else None
        for row in found
    }


def _finding(letter: Letter, bases: Mapping[int, int | None]) -> Finding | None:
    """The deduction a letter's outcome gives; None where nothing was broken."""
    lines = letter.outcome or []
    percent = total(
        [Decimal(one["deduction"]) if one["deduction"] else None for one in lines], letters.rule_of(letter)
    )
    if percent is None:
        return None
    figures = {"promises": lines, "low": letter.low, "high": letter.high, "partial": letter.partial,
               "left_out": letter.left_out}  # fmt: skip
    return Finding(
        kind=KIND, period=str(letter.year), figures=figures, institution=letter.institution_id,
        percent=percent, low=letter.low, high=letter.high, base_fen=bases[letter.pk],
        links={"letter": letter.pk},
    )  # fmt: skip


@transaction.atomic
def look(*, now: datetime) -> Reviewed:
    """The clock's look at all letters: progress of running ones, judgement after the year, proposals brought
    to the figures. The same again does nothing.
    """
    today = proposals.today_of(now)
    rows = list(
        Letter.objects.filter(state__in=[State.IN_FORCE, *JUDGED], year__gte=today.year - 1)
        .select_related("institution")
        .select_for_update(of=("self",))
    )
    done = Reviewed()
    for year in sorted({row.year for row in rows}):
        mine = [row for row in rows if row.year == year]
        found = reached(mine, year, today)
        if Clock.at(year, today).over:
            done = _after(mine, found, now)
        else:
            _progress(mine, found, now)
    return done


def _progress(rows: Sequence[Letter], found: Mapping[int, Sequence[Reached]], now: datetime) -> None:
    for row in rows:
        progress = [plain(one) for one in found[row.pk]]
        if progress != row.progress:
            Letter.objects.filter(pk=row.pk).update(progress=progress, progress_at=now)


def _after(rows: Sequence[Letter], found: Mapping[int, Sequence[Reached]], now: datetime) -> Reviewed:
    findings: list[Finding] = []
    judged = [row for row in rows if row.state in JUDGED]
    bases = bases_of(judged)
    for row in rows:
        if row.state == State.IN_FORCE:
            if any(one.found.standing == "unknown" for one in found[row.pk]):
                _progress([row], found, now)
            else:
                _judged(None, row, found[row.pk], now, "", None)
            continue
        row.outcome = [plain(one) for one in found[row.pk]]
        if (finding := _finding(row, bases)) is not None:
            findings.append(finding)
        if row.state == State.ASSESSED:
            _again(row, now, broken=finding is not None)
    return proposals.review(findings, proposals.live([KIND], letter__in=judged), now=now)


def _again(letter: Letter, now: datetime, *, broken: bool) -> None:
    """A letter not decided yet keeps what its year comes to today."""
    fresh = Letter.objects.get(pk=letter.pk)
    if fresh.outcome != letter.outcome:
        Letter.objects.filter(pk=letter.pk).update(outcome=letter.outcome, progress_at=now)
        journal.write(by=None, verb="letter.reassessed", about=letter, year=letter.year)
    if not broken:
        settle(None, fresh)


def _effect(row: Consequence, by: Membership) -> None:
    """Decided either way, the letter is settled."""
    assert row.letter is not None, "a commitment's proposal has its letter"
    settle(by, row.letter)


proposals.EFFECTS[KIND] = _effect
