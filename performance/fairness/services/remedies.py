"""What follows from a confirmed clue: put to the vote, in force, carried out, lifted by another vote.

Nothing takes effect by a confirmation: the deciders of a chain agree first (S3-22, S3-36; practice 4). A
decided month keeps its result; records left out count in no month computed afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, journal, parameters, steps
from performance.consequences.services import proposals
from performance.consequences.services.proposals import Finding
from performance.fairness.refusals import FairnessRefused
from performance.fairness.services.explaining import EXPLAIN
from performance.fairness.services.uninvolved import DECIDE, is_involved, require_uninvolved
from performance.models import Clue, ClueRecord, ClueRemedy, Consequence, Line, MonthRun

KIND = "performance.clue"
DEADLINE = "fairness.remedy_deadline"
Kind, State = ClueRemedy.Kind, ClueRemedy.State
DECIDED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)


def follow(clue: Clue, now: datetime) -> None:
    """Open what a clue confirmed by two should lead to; a veto is proposed by people, with its proof."""
    if clue.measure in Kind.values:
        _open(clue, Kind(clue.measure), clue.reason, now)
    elif clue.measure == Clue.Measure.DEDUCT:
        for place in sorted(clue.places):
            _deduct(clue, place, now)


def _open(clue: Clue, kind: Kind, why: str, now: datetime, lifts: ClueRemedy | None = None) -> ClueRemedy:
    try:
        with transaction.atomic():
            made: ClueRemedy = ClueRemedy.objects.create(
                clue=clue, kind=kind, why=why, opened_at=now, lifts=lifts
            )
    except IntegrityError:
        raise FairnessRefused("follows") from None
    journal.write(by=None, verb="fairness.remedy_opened", about=made, kind=kind)
    return made


def _deduct(clue: Clue, place: int, now: datetime) -> None:
    """A deduction of the month's performance pay, within the band of the parameter; decided by a vote."""
    period = f"{clue.month:%Y-%m}"
    if Consequence.objects.filter(
        kind=Consequence.Kind.GAMING, institution=place, period=period
    ).exclude(state=Consequence.State.WITHDRAWN).exists():  # fmt: skip
        raise FairnessRefused("deducted", month=Month.of(clue.month))
    band: Any = parameters.in_force("fairness.deduct", on=Month.of(clue.month).last_day)
    low, high = Decimal(band["min"]), Decimal(band["max"])
    run = MonthRun.objects.filter(month=clue.month, state__in=DECIDED).first()
    lines = Line.objects.filter(settlement=run.settlement_id if run else None, institution=place)
    base = lines.values_list("basis_fen", flat=True).first()
    figures = {
        "clue": clue.pk, "detector": clue.detector, "records": clue.evidence, "low": low, "high": high,
        "share": clue.share,
    }  # fmt: skip
    finding = Finding(
        Consequence.Kind.GAMING, period, figures, institution=place, percent=high, low=low, high=high,
        base_fen=base,
    )  # fmt: skip
    proposals.review([finding], [], now=now)


def may_propose(by: Membership, remedy: ClueRemedy) -> bool:
    """Whether the member may put it to the vote, end it, or ask for it to be lifted."""
    return by.institution_id is None and by.can(DECIDE) and not is_involved(by, remedy.clue)


def content_digest(remedy: ClueRemedy) -> str:
    """What the deciders decide about: which measure, about which records, why."""
    records = ClueRecord.objects.filter(clue=remedy.clue_id).order_by("pk").values_list("kind", "object_id")
    about = [remedy.clue_id, remedy.kind, remedy.lifts_id or 0, remedy.why]
    return digest([*about, [list(one) for one in records]])


def digest_of(approval: Approval) -> str:
    """The digest of a measure as it stands now."""
    return content_digest(ClueRemedy.objects.get(pk=approval.about_id))


@transaction.atomic
def propose(
    *, by: Membership, remedy: ClueRemedy, chain: str, today: date, version: int | None = None
) -> ClueRemedy:
    """Put a measure before the deciders of a chain.

    Raises PermissionDenied, FairnessRefused (involved), Stale, and what `approvals.propose` raises.
    """
    require_uninvolved(by, remedy.clue)
    step = steps.open_now("propose", remedy, version)
    clue = remedy.clue
    approval = approvals.propose(
        by=by, kind=KIND, about=remedy, chain=chains.in_force(chain, on=today, kind=KIND),
        digest=content_digest(remedy),
        # Whom opinions given back to back are about stays with those who decide clues.
        arguments={"kind": remedy.kind, "detector": clue.detector, "month": f"{clue.month:%Y-%m}",
                   "place": "" if clue.confidential else clue.institution.short_name},
    )  # fmt: skip
    moved: ClueRemedy = steps.take(
        step, by=by, row=remedy, verb="fairness.remedy_proposed", approval=approval, proposed_by=by,
        said={"kind": remedy.kind},
    )  # fmt: skip
    return moved


def decided(approval: Approval, by: Membership) -> None:
    """What follows from the end of a vote: agreed it takes effect, withdrawn it may be proposed again."""
    remedy = ClueRemedy.objects.named().get(pk=approval.about_id)
    said = {"kind": remedy.kind}
    if approval.state != Approval.State.APPROVED:
        name = "give_back" if approval.state == Approval.State.WITHDRAWN else "decline"
        verb = "fairness.remedy_given_back" if name == "give_back" else "fairness.remedy_declined"
        steps.take(steps.open_now(name, remedy), by=by, row=remedy, verb=verb, said=said)
        return
    now, second = timezone.now(), second_person(approval)
    change: dict[str, Any] = {"decided_by": second, "decided_at": now}
    if remedy.kind in ClueRemedy.TASKS:
        rule = parameters.rule_in_force(DEADLINE, on=now.astimezone(SHANGHAI).date())
        change["due_at"] = calendar.deadline(now, rule).due_at
    moved = steps.take(
        steps.open_now("agree", remedy), by=by, row=remedy, verb="fairness.remedy_agreed", said=said, **change
    )
    if moved.lifts_id is not None:
        _lift(moved, second, now)


def _lift(restore: ClueRemedy, by: Membership, now: datetime) -> None:
    """The records count again; both decisions stay readable."""
    ended = {"outcome": restore.why, "ended_by": by, "ended_at": now}
    before = ClueRemedy.objects.get(pk=restore.lifts_id)
    for name, row in (("lift", before), ("finish", restore)):
        verb = "fairness.remedy_lifted" if name == "lift" else "fairness.remedy_finished"
        steps.take(steps.open_now(name, row), by=by, row=row, verb=verb, said={"kind": row.kind}, **ended)


registry.on_decided(KIND, decided)


@transaction.atomic
def restore(
    *, by: Membership, remedy: ClueRemedy, reason: str, now: datetime, version: int | None = None
) -> ClueRemedy:
    """Ask for the records to count again; it takes a vote of its own.

    Raises PermissionDenied, FairnessRefused (involved, why, follows, not_held), Stale.
    """
    require_uninvolved(by, remedy.clue)
    steps.fresh(remedy, version)
    if not reason.strip():
        raise FairnessRefused("why")
    if remedy.kind != Kind.EXCLUDE or remedy.state != State.IN_FORCE:
        raise FairnessRefused("not_held")
    return _open(remedy.clue, Kind.RESTORE, reason.strip(), now, lifts=remedy)


def speaks(by: Membership, remedy: ClueRemedy) -> bool:
    """Whether the member answers a data-quality notice for the institution."""
    return by.can(EXPLAIN) and by.institution_id in remedy.clue.places and not remedy.clue.confidential


@transaction.atomic
def reply(
    *, by: Membership, remedy: ClueRemedy, reason: str, now: datetime, version: int | None = None
) -> ClueRemedy:
    """The institution says what it put right. Raises PermissionDenied, FairnessRefused (why), Stale."""
    if not speaks(by, remedy) or remedy.kind != Kind.NOTICE:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if not reason.strip():
        raise FairnessRefused("why")
    step = steps.open_now("reply", remedy, version)
    moved: ClueRemedy = steps.take(
        step, by=by, row=remedy, verb="fairness.remedy_answered", remark=reason, answer=reason.strip(),
        answered_by=by,
    )  # fmt: skip
    return moved


@transaction.atomic
def finish(
    *, by: Membership, remedy: ClueRemedy, reason: str, now: datetime, version: int | None = None
) -> ClueRemedy:
    """A task was carried out: what came of it.

    Raises PermissionDenied, FairnessRefused (involved, why, held), Stale.
    """
    require_uninvolved(by, remedy.clue)
    if not reason.strip():
        raise FairnessRefused("why")
    if remedy.kind not in ClueRemedy.TASKS:
        raise FairnessRefused("held")
    step = steps.open_now("finish", remedy, version)
    moved: ClueRemedy = steps.take(
        step, by=by, row=remedy, verb="fairness.remedy_finished", remark=reason, said={"kind": remedy.kind},
        outcome=reason.strip(), ended_by=by, ended_at=now,
    )  # fmt: skip
    return moved


def decided_months(clues: Sequence[Clue]) -> set[date]:
    """The months of clues that are decided and stay as they are; one query."""
    rows = MonthRun.objects.filter(month__in={one.month for one in clues}, state__in=DECIDED)
    return set(rows.values_list("month", flat=True))
