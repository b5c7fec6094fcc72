"""Proposals from findings: opened once, withdrawn when figures change, put to the vote, reduced, decided.

The figures are compared by digest. A decision never changes by itself: what changed since is kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest, to_plain
from alliance.lib.money import yuan
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import journal, steps
from performance.consequences.refusals import ConsequenceRefused
from performance.engine.exact import half_up
from performance.models import Consequence
from performance.models.consequences import PROPOSE, REDUCE, SUBJECT
from performance.services.rights import require

KIND = "performance.consequence"
State = Consequence.State
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the figures give: kind, whom, which period, percent of which base (fen), and the figures."""

    kind: str
    period: str
    figures: Mapping[str, Any]
    institution: int | None = None
    department: int | None = None
    staff: int | None = None
    percent: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    base_fen: int | None = None
    links: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What makes it the same finding."""
        return (self.kind, self.institution, self.department, self.staff, self.period)

    @property
    def digest(self) -> str:
        """Names exactly these figures."""
        return digest([list(self.key), to_plain(self.figures), self.percent, self.base_fen])


def amount(percent: Decimal | None, base_fen: int | None) -> int | None:
    """Percent of a base in fen, rounded once half-up; None where one of them is not known."""
    if percent is None or base_fen is None:
        return None
    return int(half_up(Fraction(percent) * base_fen / 100, 0))


def key_of(row: Consequence) -> Key:
    """The finding a row came from."""
    return (row.kind, row.institution_id, row.department_id, row.staff_id, row.period)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a look at the figures did."""

    opened: int = 0
    withdrawn: int = 0
    changed: int = 0


@transaction.atomic
def review(findings: Iterable[Finding], rows: Iterable[Consequence], *, now: datetime) -> Reviewed:
    """Bring proposals to the figures: `rows` are those not withdrawn that the findings speak of.

    A new finding opens; an open one whose figures changed is withdrawn and opened anew, one without a finding
    withdrawn; of a decided one what changed is kept. The same again does nothing.
    """
    wanted = {one.key: one for one in findings}
    opened = withdrawn = changed = 0
    for row in rows:
        found = wanted.get(key_of(row))
        if row.state in Consequence.LIVE:
            if found is not None and found.digest == row.digest:
                del wanted[found.key]
                continue
            _withdraw(row)
            withdrawn += 1
        else:
            changed += _since(row, found)
            wanted.pop(key_of(row), None)
    for one in wanted.values():
        open_one(one, now)
        opened += 1
    return Reviewed(opened, withdrawn, changed)


def open_one(found: Finding, now: datetime, by: Membership | None = None) -> Consequence:
    """Store a finding as a proposal; nobody opens what the nightly look found."""
    row: Consequence = Consequence.objects.create(
        kind=found.kind, institution_id=found.institution, department_id=found.department,
        staff_id=found.staff, period=found.period, figures=to_plain(found.figures), digest=found.digest,
        found_percent=found.percent, percent=found.percent, low=found.low, high=found.high,
        base_fen=found.base_fen, fen=amount(found.percent, found.base_fen), opened_at=now,
        **{f"{name}_id": pk for name, pk in found.links.items()},
    )  # fmt: skip
    journal.write(by=by, verb="consequence.opened", about=row, kind=row.kind, period=row.period)
    return row


def _withdraw(row: Consequence) -> None:
    """The figures it rested on are no longer so; an open vote about it ends."""
    if row.approval is not None and row.approval.state == Approval.State.OPEN:
        approvals.lapse(by=None, approval=row.approval, note="")
    name = "withdraw" if row.state == State.OPEN else "lapse"
    steps.take(
        steps.open_now(name, row), by=None, row=row, verb="consequence.withdrawn", said={"kind": row.kind}
    )


def _since(row: Consequence, found: Finding | None) -> bool:
    """Keep beside a decision what the figures say today, nothing while they are the same."""
    now: dict[str, Any] | None = None
    if found is None:
        now = {"gone": True}
    elif found.digest != row.digest:
        now = {"percent": found.percent, "figures": found.figures, "base_fen": found.base_fen}
    plain = None if now is None else to_plain(now)
    if plain == row.since:
        return False
    Consequence.objects.filter(pk=row.pk).update(since=plain)
    journal.write(by=None, verb="consequence.since", about=row, kind=row.kind)
    return True


def live(kinds: Sequence[str], **where: Any) -> list[Consequence]:
    """The proposals of some kinds that were not withdrawn; one query."""
    rows = Consequence.objects.filter(kind__in=kinds, **where).exclude(state=State.WITHDRAWN)
    return list(rows.select_related("approval__chain", *SUBJECT[1:4]))


def content_digest(row: Consequence) -> str:
    """What the deciders decide about: the figures and what is proposed of them."""
    return digest([row.digest, row.state == State.WITHDRAWN, row.percent, row.fen, row.reduced_why])


@transaction.atomic
def propose(
    *, by: Membership, row: Consequence, chain: str, today: date, version: int | None = None
) -> Consequence:
    """Put a proposal before the deciders of a chain.

    An award is voted with its amount. Raises PermissionDenied, ConsequenceRefused (amount), Stale, and what
    `approvals.propose` raises.
    """
    require(by, PROPOSE)
    if (band := band_of(row)) and row.fen is None:
        raise ConsequenceRefused("amount", low=yuan(band[0]), high=yuan(band[1]))
    step = steps.open_now("propose", row, version)
    return _proposed(step, by, row, chain, today)


def band_of(row: Consequence) -> tuple[int, int] | None:
    """Least and most an award may be in fen (S2-45); None where the amount follows from the figures."""
    band = row.figures.get("award_fen")
    return None if band is None else (int(band[0]), int(band[1]))


@transaction.atomic
def set_amount(
    *, by: Membership, row: Consequence, fen: int, today: date, version: int | None = None
) -> Consequence:
    """Say how much an award is, within its band, before it is voted.

    Raises PermissionDenied, ConsequenceRefused (amount, no_award), Stale.
    """
    require(by, PROPOSE)
    steps.fresh(row, version)
    band = band_of(row)
    if band is None:
        raise ConsequenceRefused("no_award")
    if not band[0] <= fen <= band[1]:
        raise ConsequenceRefused("amount", low=yuan(band[0]), high=yuan(band[1]))
    moved: Consequence = Consequence.objects.claim(
        row.pk, expect={"state": State.OPEN, "version": row.version},
        change={"version": row.version + 1, "fen": fen},
    )  # fmt: skip
    journal.write(by=by, verb="consequence.amount_set", about=moved, fen=fen)
    return moved


def _proposed(step: Any, by: Membership, row: Consequence, chain: str, today: date) -> Consequence:
    approval = approvals.propose(
        by=by, kind=KIND, about=row, chain=chains.in_force(chain, on=today, kind=KIND),
        digest=content_digest(row),
        arguments={"kind": row.kind, "subject": row.subject, "period": row.period},
    )  # fmt: skip
    moved: Consequence = steps.take(
        step, by=by, row=row, verb="consequence.proposed", approval=approval, proposed_by=by,
        said={"kind": row.kind},
    )  # fmt: skip
    return moved


@transaction.atomic
def reduce(
    *, by: Membership, row: Consequence, percent: Decimal, why: str, today: date, version: int | None = None
) -> Consequence:
    """Propose less than the figures gave, within the band, with a reason; an open vote begins anew.

    Who reduces proposes, and so never decides alone. Raises PermissionDenied, ConsequenceRefused (none, why,
    band, same), Stale, and what `approvals.propose` raises.
    """
    require(by, REDUCE)
    steps.fresh(row, version)
    _require_less(row, percent, why)
    chain = ""
    if row.state == State.PROPOSED:
        assert row.approval is not None
        chain = row.approval.chain.code
        approvals.lapse(by=by, approval=row.approval, note=why.strip()[:500])
        row = steps.take(
            steps.open_now("give_back", row), by=by, row=row, verb="consequence.given_back",
            said={"kind": row.kind},
        )  # fmt: skip
    reduced: Consequence = Consequence.objects.claim(
        row.pk, expect={"state": State.OPEN, "version": row.version},
        change={
            "version": row.version + 1, "percent": percent, "fen": amount(percent, row.base_fen),
            "reduced_why": why.strip(),
        },
    )  # fmt: skip
    journal.write(by=by, verb="consequence.reduced", about=reduced, percent=str(percent))
    if not chain:
        return reduced
    reduced = Consequence.objects.named().get(pk=row.pk)
    return _proposed(steps.open_now("propose", reduced), by, reduced, chain, today)


def _require_less(row: Consequence, percent: Decimal, why: str) -> None:
    if row.found_percent is None or row.percent is None:
        raise ConsequenceRefused("none")
    if not why.strip():
        raise ConsequenceRefused("why")
    low = row.low or Decimal(0)
    if not low <= percent <= row.found_percent or percent <= 0:
        raise ConsequenceRefused("band", low=low.normalize(), found=row.found_percent.normalize())
    if percent == row.percent:
        raise ConsequenceRefused("same", found=row.percent.normalize())


def digest_of(approval: Approval) -> str:
    """The digest of a proposal as it stands now."""
    return content_digest(Consequence.objects.get(pk=approval.about_id))


# What follows from a decision, by kind; rooms of this package register.
Effect = Callable[[Consequence, Membership], None]
EFFECTS: dict[str, Effect] = {}


def decided(approval: Approval, by: Membership) -> None:
    """What follows from the end of a vote: agreed it takes effect, withdrawn it may be proposed again."""
    row = Consequence.objects.named().get(pk=approval.about_id)
    if approval.state == Approval.State.WITHDRAWN:
        step = steps.open_now("give_back", row)
        steps.take(step, by=by, row=row, verb="consequence.given_back", said={"kind": row.kind})
        return
    agreed = approval.state == Approval.State.APPROVED
    decider = second_person(approval) if agreed else by
    step = steps.open_now("agree" if agreed else "decline", row)
    verb = "consequence.agreed" if agreed else "consequence.declined"
    moved = steps.take(
        step, by=by, row=row, verb=verb, now=timezone.now(), decided_by=decider, said={"kind": row.kind}
    )
    if effect := EFFECTS.get(row.kind):
        effect(Consequence.objects.named().get(pk=moved.pk), by)


registry.on_decided(KIND, decided)


def today_of(now: datetime) -> date:
    """The day in the alliance's clock."""
    return now.astimezone(SHANGHAI).date()
