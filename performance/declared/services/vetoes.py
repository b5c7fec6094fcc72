"""The one-vote veto for proved falsification (一票否决), decided by a committee (S3-35, S3-36).

It is proposed from what proves it: a notice of the cross-check, a signed visit on site, or a confirmed clue.
In force, the quarter and the year of its month have failed, whatever their score.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval, Chain
from alliance.approvals.steps import parse_steps
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from performance.declared.refusals import DeclaredRefused
from performance.models import Clue, DeclaredNotice, DeclaredVeto, OnsiteVisit
from performance.services.rights import require

CHECK = "declared.check"
KIND = "declared.veto"


@transaction.atomic
def propose_veto(
    *, by: Membership, notice: DeclaredNotice, reason: str, now: datetime, chain: str = chains.COUNTY
) -> DeclaredVeto:
    """From a notice of the cross-check, for its month. Raises as `_propose`."""
    month = Month.of(notice.sample.month)
    return _propose(by, notice.institution, month, reason, now, chain, notice=notice)


@transaction.atomic
def propose_from_visit(
    *, by: Membership, visit: OnsiteVisit, month: Month, reason: str, now: datetime,
    chain: str = chains.COUNTY,
) -> DeclaredVeto:  # fmt: skip
    """From a signed visit, for a month of its quarter; a village room's counts for its township.

    Raises as `_propose`, and DeclaredRefused (unsigned, veto_month).
    """
    if visit.state != OnsiteVisit.State.SIGNED:
        raise DeclaredRefused("unsigned")
    if month.quarter != visit.span.first.quarter:
        raise DeclaredRefused("veto_month")
    place = visit.institution
    if place.kind == Institution.Kind.VILLAGE and place.parent is not None:
        place = place.parent
    return _propose(by, place, month, reason, now, chain, visit=visit)


@transaction.atomic
def propose_from_clue(
    *, by: Membership, clue: Clue, reason: str, now: datetime, chain: str = chains.COUNTY
) -> DeclaredVeto:
    """From a clue two people confirmed as falsification.

    Raises as `_propose`, and DeclaredRefused (unconfirmed).
    """
    if clue.state != Clue.State.CONFIRMED or clue.measure != Clue.Measure.VETO:
        raise DeclaredRefused("unconfirmed")
    return _propose(by, clue.institution, Month.of(clue.month), reason, now, chain, clue=clue)


def _propose(
    by: Membership, place: Institution, month: Month, reason: str, now: datetime, chain: str,
    **proof: DeclaredNotice | OnsiteVisit | Clue,
) -> DeclaredVeto:  # fmt: skip
    """Raises PermissionDenied, DeclaredRefused (why, vetoed, committee), what `approvals.propose` raises."""
    require(by, CHECK)
    if not reason.strip():
        raise DeclaredRefused("why")
    try:
        with transaction.atomic():
            veto: DeclaredVeto = DeclaredVeto.objects.create(
                institution=place, month=month.first_day, reason=reason.strip(), proposed_by=by,
                proposed_at=now, **proof,
            )  # fmt: skip
    except IntegrityError as error:
        if "declared_veto_once" not in str(error):
            raise
        raise DeclaredRefused("vetoed") from None
    approval = _approve(by, veto, chain, now.astimezone(SHANGHAI).date())
    DeclaredVeto.objects.filter(pk=veto.pk).update(approval=approval)
    journal.write(by=by, verb="declared.veto_proposed", about=veto, month=str(month))
    veto.refresh_from_db()
    return veto


def _approve(by: Membership, veto: DeclaredVeto, chain: str, today: date) -> Approval:
    found = chains.in_force(chain, on=today, kind=KIND)
    if not of_a_body(found):
        raise DeclaredRefused("committee")
    return approvals.propose(
        by=by, kind=KIND, about=veto, chain=found, digest=veto_digest(veto), institution=None
    )


def of_a_body(chain: Chain) -> bool:
    """Whether a body has a step in a chain: two people alone fail no institution (S3-35)."""
    return any(step.by_a_body for step in parse_steps(chain.steps))


def veto_digest(veto: DeclaredVeto) -> str:
    """What the deciders decide about: whom, of which month, for what, proved by what."""
    proof = [veto.notice_id or 0, veto.visit_id or 0, veto.clue_id or 0]
    return digest([veto.institution_id, str(veto.month), veto.reason, proof])


def digest_of(approval: Approval) -> str:
    """The digest of a veto as it stands now."""
    return veto_digest(DeclaredVeto.objects.get(pk=approval.about_id))


def decided(approval: Approval, by: Membership) -> None:
    """What follows from the decision: agreed it is in force, anything else declines it."""
    veto = DeclaredVeto.objects.get(pk=approval.about_id)
    name = "enforce" if approval.state == Approval.State.APPROVED else "decline"
    step = steps.open_now(name, veto, None)
    steps.take(step, by=by, row=veto, verb=f"declared.veto_{name}")


registry.on_decided(KIND, decided)


def vetoes(month: Month) -> Mapping[str, DeclaredVeto]:
    """The vetoes in force in a month, by code of the institution: for its pages; one query."""
    rows = DeclaredVeto.objects.filter(month=month.first_day, state=DeclaredVeto.State.IN_FORCE)
    return {row.institution.code: row for row in rows.select_related("institution")}


def vetoed(first: Month, last: Month) -> Mapping[int, frozenset[Month]]:
    """The months of a time in which a veto is in force, by institution; one query."""
    rows = DeclaredVeto.objects.filter(
        month__range=(first.first_day, last.first_day), state=DeclaredVeto.State.IN_FORCE
    )
    found: dict[int, set[Month]] = {}
    for place, month in rows.values_list("institution", "month"):
        found.setdefault(place, set()).add(Month.of(month))
    return {place: frozenset(months) for place, months in found.items()}
