"""Reading approvals: who may decide, how a step stands, what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.approvals import bodies, names, registry
from alliance.approvals.models import Approval, Decision, OutsideDecision
from alliance.approvals.steps import Step, Votes
from alliance.models import Institution, Membership

DECIDE = "approval.decide"


def asked(step: Step) -> list[str]:
    """Whom a step asks, as stored with an approval: roles, or the body."""
    return [f"{bodies.TAG}{step.body}"] if step.body else list(step.roles)


def asked_as(membership: Membership) -> Sequence[str]:
    """As what the member may be asked: by her roles, and by the bodies she sits in today."""
    sits = bodies.seats(membership, timezone.localdate())
    return [*membership.roles, *(f"{bodies.TAG}{code}" for code in sorted(sits))]


def holds(membership: Membership, step: Step, institution_id: int | None) -> bool:
    """True when the membership's roles and place are those of the step; of the alliance: everywhere.

    In a step of a body: when the person sits in it today; the seat gives the vote, whatever the role.
    """
    if step.body:
        return step.body in bodies.seats(membership, timezone.localdate())
    if not set(membership.roles) & set(step.roles) or not membership.can(DECIDE):
        return False
    if membership.institution is None:
        return True
    if step.place == "lead":
        return membership.institution.role == Institution.Role.LEAD
    if step.place == "own" or institution_id is not None:
        return membership.institution_id == institution_id
    return True


def electors(step: Step, *, institution_id: int | None, proposer: int) -> frozenset[int]:
    """Ids of the users who may vote in a step; the proposer only where one yes does not pass it."""
    if step.body:
        return _seated(step, proposer)
    holders = (
        Membership.objects.living().filter(roles__overlap=list(step.roles)).select_related("institution")
    )
    users = {membership.user_id for membership in holders if holds(membership, step, institution_id)}
    return frozenset(users - {proposer} if step.one_person_decides else users)


def _seated(step: Step, proposer: int) -> frozenset[int]:
    """Who sits in the body of a step today."""
    sitting = bodies.users(step.body, timezone.localdate())
    users = set(Membership.objects.living().filter(user__in=sitting).values_list("user", flat=True))
    return frozenset(users - {proposer} if step.one_person_decides else users)


def votes(approval: Approval) -> Votes:
    """The votes of the current step. Who voted and lost the role since still counts."""
    given: dict[str, set[int]] = {verdict: set() for verdict in Decision.Verdict.values}
    for user, verdict in approval.decisions.filter(step=approval.step).values_list("user_id", "verdict"):
        given[verdict].add(user)
    may = electors(
        approval.current, institution_id=approval.institution_id, proposer=approval.proposed_by.user_id
    )
    yes, no = frozenset(given[Decision.Verdict.YES]), frozenset(given[Decision.Verdict.NO])
    return Votes((may | yes | no) - given[Decision.Verdict.RECUSED], yes, no, _away(approval, may))


def _away(approval: Approval, users: frozenset[int]) -> frozenset[int]:
    """Who of the users may not vote for not having come; they count, but nobody waits for them."""
    if not registry.of(approval.kind).present_only:
        return frozenset()
    rows = list(Membership.objects.living().filter(user__in=users))
    barred = registry.barred([approval], rows)
    return frozenset(one.user_id for one in rows if (approval.pk, one.pk) in barred)


def may_decide(membership: Membership, approval: Approval) -> bool:
    """True when the approval is open and its current step still lacks a verdict this person may give."""
    if approval.state != Approval.State.OPEN or not _eligible(membership, approval):
        return False
    return not approval.decisions.filter(step=approval.step, user=membership.user_id).exists()


def barred(membership: Membership, approval: Approval) -> bool:
    """Whether the member is involved in what an approval is about, and so gives no verdict."""
    return bool(registry.barred([approval], [membership]))


def free_deciders(approval: Approval) -> list[Membership]:
    """Who may still give a verdict in the current step and is not involved; a few queries."""
    rows = Membership.objects.living().select_related("user", "institution").order_by("pk")
    given = set(approval.decisions.filter(step=approval.step).values_list("user_id", flat=True))
    may = [one for one in rows if one.user_id not in given and _eligible(one, approval)]
    involved = registry.barred([approval], may)
    return [one for one in may if (approval.pk, one.pk) not in involved]


def may_handle_papers(membership: Membership, approval: Approval) -> bool:
    """True when the member may enter and check documents: of the alliance, or of the one concerned."""
    return bool(membership.can(DECIDE) and membership.sees(approval.institution_id))


def may_enter_paper(membership: Membership, approval: Approval) -> bool:
    """True when the member may enter what a body decided; where people may be involved, nobody who is."""
    return may_handle_papers(membership, approval) and not _paper_bars(membership, approval)


def may_check_paper(membership: Membership, approval: Approval, paper: OutsideDecision) -> bool:
    """True when the member may compare a document with its entry: a third person beside who entered it.

    Never who entered it, never the proposer, nobody involved.
    """
    before = {paper.entered_by.user_id, approval.proposed_by.user_id}
    return membership.user_id not in before and may_enter_paper(membership, approval)


def _paper_bars(membership: Membership, approval: Approval) -> bool:
    """Involved; of a kind that knows involved people the proposer is one, beside a decision on paper."""
    if not registry.of(approval.kind).bars_papers:
        return False
    return membership.user_id == approval.proposed_by.user_id or barred(membership, approval)


def waiting_for(membership: Membership) -> list[Approval]:
    """The open approvals this member can act on now, by deciding or checking a document; oldest first."""
    mine = Decision.objects.filter(approval=OuterRef("pk"), step=OuterRef("step"), user=membership.user_id)
    unchecked = OutsideDecision.objects.filter(
        approval=OuterRef("pk"), step=OuterRef("step"), checked_at=None
    )
    others = unchecked.exclude(entered_by__user=membership.user_id).exclude(
        approval__proposed_by__user=membership.user_id
    )
    found = (
        Approval.objects.filter(state=Approval.State.OPEN)
        .filter(Q(waiting_roles__overlap=asked_as(membership)) | Exists(others))
        .annotate(decided=Exists(mine), to_check=Exists(others))
        .select_related("proposed_by__user")
        .order_by("pk")
    )
    asked_now = list(found)
    involved = registry.barred(asked_now, [membership])
    return [
        approval
        for approval in asked_now
        if _acts(membership, approval, barred=(approval.pk, membership.pk) in involved)
    ]


def _acts(membership: Membership, approval: Any, *, barred: bool) -> bool:
    """Whether the member may give a verdict, or check a document, of an approval read with both."""
    if not approval.decided and not barred and _eligible(membership, approval):
        return True
    if barred and registry.of(approval.kind).bars_papers:
        return False
    return bool(approval.to_check) and may_handle_papers(membership, approval)


def second_person(approval: Approval) -> Membership:
    """Somebody other than the proposer who agreed, the latest one: the second of the two people money takes.

    Raises LookupError while nobody else has agreed.
    """
    proposer = approval.proposed_by.user_id
    agreed = approval.decisions.filter(verdict=Decision.Verdict.YES).exclude(user=proposer)
    decision = agreed.select_related("membership__user").order_by("-pk").first()
    if decision is not None:
        return decision.membership
    papers = approval.outside.filter(correct=True, verdict=Decision.Verdict.YES).order_by("-pk")
    for paper in papers.select_related("entered_by__user", "checked_by__user"):
        for person in (paper.checked_by, paper.entered_by):
            if person is not None and person.user_id != proposer:
                return person
    raise LookupError("nobody but the proposer has agreed")


def state_text(approval: Approval) -> str:
    """One sentence: where the approval stands, and whether anybody is left to decide."""
    if approval.state != Approval.State.OPEN:
        return str(approval.get_state_display())
    words = {"number": approval.step, "steps": len(approval.steps), "name": names.of_step(approval.current)}
    if approval.outside.filter(step=approval.step, checked_at=None).exists():
        return _("Step %(number)s of %(steps)s, %(name)s: a document waits for its check") % words
    left = len(_left(approval))
    if not left and approval.current.outside:
        return _("Step %(number)s of %(steps)s, %(name)s: waits for the body’s document") % words
    if not left:
        return _("Step %(number)s of %(steps)s, %(name)s: nobody is left to decide; withdraw it") % words
    return _("Step %(number)s of %(steps)s, %(name)s: %(left)s may decide") % {**words, "left": left}


def _left(approval: Approval) -> frozenset[int]:
    """Ids of the users who can still give a verdict in the step: those the page names, nobody involved."""
    undecided = votes(approval).undecided
    if not registry.of(approval.kind).barred:
        return undecided
    return undecided & {one.user_id for one in free_deciders(approval)}


def _eligible(membership: Membership, approval: Approval) -> bool:
    step = approval.current
    if step.one_person_decides and membership.user_id == approval.proposed_by.user_id:
        return False
    return holds(membership, step, approval.institution_id)
