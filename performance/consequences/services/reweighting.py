"""Overspend proposes other weights: a draft with its simulation, decided by the vote on it (S0-41)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from alliance.approvals import registry
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal, parameters, steps
from performance.consequences.refusals import ConsequenceRefused
from performance.consequences.services import proposals
from performance.consequences.services.proposals import Finding, Reviewed
from performance.declared.facts import declared_facts
from performance.engine.exact import half_up
from performance.engine.reweigh import reweighed
from performance.engine.spans import counted
from performance.engine.templates import shipped_templates
from performance.models import Consequence, DeclaredValue, Level, SchemeDraft
from performance.models.consequences import PROPOSE
from performance.services import drafts, schemes, trials
from performance.services.rights import require

KIND = Consequence.Kind.REWEIGHT
DIMENSION, LEVEL, TEMPLATE = "drg", Level.TEAM, "family_doctor_three"
BUDGET, SPENT = "fund_budget_fen", "fund_spent_fen"
PLACES = 4


def overspend(month: Month) -> tuple[int, int] | None:
    """Budget and spending in fen of the quarter a month counts: the alliance's, else its institutions' sum.

    None while one of them is not known: nothing is proposed from what nobody delivered.
    """
    for level in (DeclaredValue.Level.ALLIANCE, DeclaredValue.Level.INSTITUTION):
        found: dict[str, dict[str, int]] = {BUDGET: {}, SPENT: {}}
        for one in declared_facts(month, (BUDGET, SPENT), level=level):
            found[one.key][one.institution or ""] = int(one.value)
        both = found[BUDGET].keys() & found[SPENT].keys()
        if both and found[BUDGET].keys() == found[SPENT].keys():
            return sum(found[BUDGET].values()), sum(found[SPENT].values())
    return None


def look(*, now: datetime) -> Reviewed:
    """Open, withdraw or leave the proposal of the newest quarter that has ended."""
    month = Month.of(proposals.today_of(now)).previous()
    period = str(counted(month, "quarter").first.quarter)
    read = cast(
        "dict[str, Any]",
        parameters.several_in_force(("fd.score.overspend", "fd.score.drg_max"), on=month.last_day),
    )
    known = overspend(month)
    rows = proposals.live([KIND], period=period)
    if known is None or not known[0]:
        return proposals.review([], rows, now=now)
    budget, spent = known
    over = Fraction(100 * (spent - budget), budget)
    figures = {
        "budget_fen": budget, "spent_fen": spent, "over": half_up(over, PLACES),
        "limit": read["fd.score.overspend"], "to": read["fd.score.drg_max"],
    }  # fmt: skip
    passed = over > Fraction(read["fd.score.overspend"])
    return proposals.review([Finding(KIND, period, figures)] if passed else [], rows, now=now)


@transaction.atomic
def begin(
    *, by: Membership, row: Consequence, label: str, month: Month, now: datetime, version: int | None = None
) -> SchemeDraft:
    """Make the draft: the scheme of teams with DRG raised and the rest in proportion, tried on past months.

    Raises PermissionDenied, ConsequenceRefused (drafted, dimension), Stale, what the drafting room raises.
    """
    require(by, PROPOSE)
    steps.fresh(row, version)
    if row.draft_id is not None:
        raise ConsequenceRefused("drafted")
    version_in_force = schemes.in_force(month, LEVEL)
    if version_in_force is None:
        draft = drafts.begin(
            by=by, template=shipped_templates()[TEMPLATE], label=label, from_date=month.first_day, now=now
        )
    else:
        draft = drafts.copy(by=by, base=version_in_force, label=label, from_date=month.first_day, now=now)
    scheme = draft.scheme()
    if DIMENSION not in {one.code for one in scheme.dimensions}:
        raise ConsequenceRefused("dimension")
    changed = replace(reweighed(scheme, DIMENSION, Decimal(row.figures["to"])), version=label)
    draft = drafts.change(by=by, draft=draft, scheme=changed, now=now, version=draft.version)
    if trials.settled_months() and not drafts.problems_of(draft):
        trials.report(by=by, draft=draft, now=now)
    Consequence.objects.claim(
        row.pk, expect={"version": row.version, "state": Consequence.State.OPEN},
        change={"draft": draft, "version": row.version + 1},
    )  # fmt: skip
    journal.write(by=by, verb="consequence.drafted", about=row, period=row.period)
    return draft


def decided(approval: Approval, by: Membership) -> None:
    """The vote about the draft decides the proposal as well; nothing is decided here."""
    row = Consequence.objects.filter(kind=KIND, draft=approval.about_id, state=Consequence.State.OPEN).first()
    if row is None or approval.state == Approval.State.WITHDRAWN:
        return
    agreed = approval.state == Approval.State.APPROVED
    row = steps.take(
        steps.open_now("propose", row), by=approval.proposed_by, row=row, verb="consequence.proposed",
        approval=approval, proposed_by=approval.proposed_by, said={"kind": row.kind},
    )  # fmt: skip
    verb = "consequence.agreed" if agreed else "consequence.declined"
    steps.take(
        steps.open_now("agree" if agreed else "decline", row), by=by, row=row, verb=verb, now=timezone.now(),
        decided_by=second_person(approval) if agreed else by, said={"kind": row.kind},
    )  # fmt: skip


registry.on_decided(drafts.KIND, decided)


def first_month(today: date) -> Month:
    """The month a re-weighted scheme can begin with: the next one."""
    return Month.of(today).next()
