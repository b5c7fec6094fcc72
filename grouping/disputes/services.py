"""File a dispute, study it, answer it, join it to another, settle it by a version or by a reason (S4-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal, parameters
from grouping.disputes import clock, elsewhere
from grouping.models import Case, Dispute, DisputeOpinion, Scheme

State, Way = Dispute.State, Dispute.Way
FILE, DECIDE = "dispute.file", "dispute.decide"


class DisputeRefused(Refused):
    """The step cannot be taken."""

    reasons = {
        "answer": "Write the answer.",
        "version": "Choose a version that began after the one the dispute is about.",
        "thing": "There is nothing of this name to dispute.",
        "one": "Name the version that settled it, or say why nothing changes: one of the two.",
        "study": "Take it up first: the answer rests on the opinions of the panel.",
        "opinions": "The panel owes %(owed)d opinions and has given %(given)d. Ask experts, and wait for "
        "them.",
        "own": "You filed this, belong to where it came from, or are one of its experts. Somebody else "
        "decides.",
        "second": "You answered it. A second person settles it.",
        "paper": "A dispute on paper needs who raised it and the scan.",
        "head": "Join it to one that stands alone.",
        "expert": "This member gives no opinions, or is asked already.",
        "involved": "Somebody involved gives no opinion: choose another expert.",
        "opinion": "Write the opinion in your own words.",
        "why": "Say why you stand back.",
        "ended": "This is over: no opinion is taken any more.",
    }


@dataclass(frozen=True)
class Thing:
    """Something above this floor a dispute may be about: kind and id as evidence."""

    kind: str
    id: str


@transaction.atomic
def file_dispute(
    *,
    by: Membership,
    about: str,
    code: str,
    text: str,
    now: datetime,
    scheme: Scheme | None = None,
    thing: Thing | None = None,
    case: Case | None = None,
    evidence: Attachment | None = None,
    way: str = Way.PAGE,
    raised_by: str = "",
    institution: Institution | None = None,
) -> Dispute:
    """File a dispute; the answer is due by the parameter `dispute.answer`. On paper it is entered by who
    decides, for an institution and a name. Raises PermissionDenied, DisputeRefused (thing, paper).
    """
    if not by.can(DECIDE if way == Way.PAPER else FILE):
        raise PermissionDenied
    if way == Way.PAPER and (not raised_by.strip() or evidence is None):
        raise DisputeRefused("paper")
    if thing is not None and thing.id not in dict(_kind(thing.kind).offers()):
        raise DisputeRefused("thing")
    due = clock.due(now)
    row: Dispute = Dispute.objects.create(
        about=about, scheme=scheme, code=code, text=text, case=case, evidence=evidence, filed_by=by, way=way,
        object_kind=thing.kind if thing else "", object_id=thing.id if thing else "", filed_at=now,
        rule=due.rule, due_at=due.answer.due_at, due_first_at=due.answer.due_at,
        escalates_at=due.escalates_at, provisional=due.answer.provisional, raised_by=raised_by.strip(),
        institution=institution or by.institution or (case.institution if case else None),
    )  # fmt: skip
    journal.write(
        by=by, verb="dispute.filed", about=row, kind=about, code=code, way=way,
        **({"scheme": scheme.pk} if scheme else {}),
    )  # fmt: skip
    return row


def _kind(name: str) -> elsewhere.Kind:
    found = elsewhere.kinds().get(name)
    if found is None:
        raise DisputeRefused("thing")
    return found


def study(*, by: Membership, dispute: Dispute, now: datetime) -> Dispute:
    """Take a dispute up; from now on the panel owes its opinions (parameter dispute.opinions)."""
    owed = parameters.in_force("dispute.opinions", on=now.astimezone(SHANGHAI).date())
    return _move(by, dispute, "study", {"opinions_due": int(str(owed))})


def reply(*, by: Membership, dispute: Dispute, answer: str, now: datetime) -> Dispute:
    """Answer who filed it, when the panel has said what it owes; nobody involved answers.

    Raises DisputeRefused (answer, study, own, opinions).
    """
    if len(answer.strip()) < 2:
        raise DisputeRefused("answer")
    if dispute.state == State.OPEN and by.can(DECIDE):
        raise DisputeRefused("study")
    _require_heard(by, dispute, "reply")
    change = {"answer": answer.strip()[:2000], "answered_at": now, "answered_by": by}
    return _move(by, dispute, "reply", change)


def involved(dispute: Dispute, member: Membership) -> bool:
    """Filed it or one joined to it, or belongs to the institution it came from: decides nothing of it."""
    rows = [dispute, *dispute.merged.select_related("filed_by")]
    here = member.institution_id
    return any(
        row.filed_by.user_id == member.user_id or (here is not None and row.institution_id == here)
        for row in rows
    )


def hindered(by: Membership, dispute: Dispute, name: str) -> DisputeRefused | None:
    """Why the member may not answer or settle it now: involved, opinions owed, a second person needed."""
    experts = dispute.experts.filter(recused_at=None)
    if involved(dispute, by) or experts.filter(member__user=by.user_id).exists():
        return DisputeRefused("own")
    given = DisputeOpinion.objects.filter(dispute=dispute, expert__recused_at=None).count()
    if given < dispute.opinions_due:
        return DisputeRefused("opinions", owed=dispute.opinions_due, given=given)
    answered = dispute.answered_by if name == "settle" else None
    if answered is not None and answered.user_id == by.user_id:
        return DisputeRefused("second")
    return None


def _require_heard(by: Membership, dispute: Dispute, name: str) -> None:
    """Raise what hinders the member; where the step is not the member's now, `_move` says so."""
    if name not in [step.name for step in dispute.steps_for(by)]:
        return
    if (refused := hindered(by, dispute, name)) is not None:
        raise refused


def settle(
    *,
    by: Membership,
    dispute: Dispute,
    now: datetime,
    version: Scheme | tuple[str, str] | None = None,
    unchanged: str = "",
) -> Dispute:
    """Name what settled it: a version that began later, of the scheme or (id, words) of what stands above,
    or why nothing changes; a second person, not who answered. Raises DisputeRefused (one, own, opinions,
    second, version).
    """
    if bool(version) == bool(unchanged.strip()):
        raise DisputeRefused("one")
    _require_heard(by, dispute, "settle")
    said = {"settled_at": now, "settled_by": by, "unchanged": unchanged.strip()[:2000]}
    change = {**said, **_settled(dispute, version)}
    return _move(by, dispute, "settle", change)


def _settled(dispute: Dispute, version: Scheme | tuple[str, str] | None) -> dict[str, Any]:
    if version is None:
        return {}
    if isinstance(version, Scheme):
        if dispute.scheme is None or version.from_date <= dispute.scheme.from_date:
            raise DisputeRefused("version")
        return {"settled_in": version}
    kind = _kind(dispute.object_kind)
    if version[0] not in dict(kind.versions(dispute.filed_at.astimezone(SHANGHAI).date())):
        raise DisputeRefused("version")
    return {"settled_kind": kind.settled_by, "settled_id": version[0], "settled_text": version[1][:120]}


def merge(*, by: Membership, dispute: Dispute, into: Dispute, now: datetime) -> Dispute:
    """Join a dispute to one that asks the same: who raised it hears that one's answer.

    Raises DisputeRefused (head).
    """
    if into.pk == dispute.pk or into.state == State.MERGED:
        raise DisputeRefused("head")
    try:
        with transaction.atomic():
            return _move(by, dispute, "merge", {"merged_into": into})
    except IntegrityError:
        raise DisputeRefused("head") from None


TARGETS = {
    "study": State.STUDIED, "reply": State.ANSWERED, "settle": State.SETTLED, "merge": State.MERGED,
}  # fmt: skip


def heard(*, by: Membership, dispute: Dispute) -> None:
    """Who raised it has read the answer: it waits for nobody any more."""
    state = dispute.head.state
    if dispute.filed_by_id == by.pk and state in (State.ANSWERED, State.SETTLED):
        Dispute.objects.filter(pk=dispute.pk).exclude(seen_state=state).update(seen_state=state)


def _may(by: Membership, dispute: Dispute, name: str) -> bool:
    """Whether the member may take the step in the state it belongs to."""
    steps: Any = dispute
    every = steps.get_all_state_transitions()
    return any(step.name == name and by.can(step.custom["permit"]) for step in every)


@transaction.atomic
def _move(by: Membership, dispute: Dispute, name: str, change: dict[str, Any]) -> Dispute:
    """Claimed by the state it was seen in: of two who answer, one gets Stale, also when the other's answer is
    already there to be read.
    """
    if name not in [step.name for step in dispute.steps_for(by)]:
        if dispute.state != State.OPEN and _may(by, dispute, name):
            raise Stale(dispute)
        raise PermissionDenied
    before = dispute.state
    moved: Dispute = Dispute.objects.claim(
        dispute.pk, expect={"state": before}, change={"state": TARGETS[name], **change}
    )
    journal.step(by=by, about=moved, name=name, before=before, after=str(TARGETS[name]))
    journal.write(by=by, verb=f"dispute.{TARGETS[name]}", about=moved)
    return moved
