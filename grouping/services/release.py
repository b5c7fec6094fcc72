"""Letting a version hold from a day: one proposes, it holds when another has agreed (practice.md 4)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.models import Job, Membership
from alliance.services import journal
from grouping.models import Scheme, SchemeVersion
from grouping.services import claims, grouping, past, schemes, versions

KIND = versions.RELEASE
State = SchemeVersion.State


class ReleaseRefused(Refused):
    """A version cannot hold as asked."""

    reasons = {
        "day_taken": "From %(day)s on %(scheme)s already holds. Choose another first day.",
        "not_sound": "Only a checked version without errors can take force.",
        "same_content": "A released version has this very content already. Let that one hold from the day.",
    }


@transaction.atomic
def propose(
    *, by: Membership, version: SchemeVersion, from_date: date, on: date, confirmed: bool = False
) -> Approval:
    """Propose that a draft or released version holds from a day; `on` chooses the version of the chain.

    `confirmed`: the proposer knows which months a day before `on` touches. Raises ReleaseRefused,
    PastUnconfirmed, DayClaimed, AlreadyProposed, TooFewDeciders.
    """
    refuse(version, from_date)
    terms = past.confirmed_terms(from_date, on=on, confirmed=confirmed)
    made = approvals.propose(
        by=by, kind=KIND, about=version, chain=chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND),
        digest=content_digest(version, from_date.isoformat()),
        terms={"from_date": from_date.isoformat(), **terms},
        arguments={"name": version.name, "version": version.version, "from_date": from_date},
    )  # fmt: skip
    claims.take(kind="scheme", day=from_date, approval=made)
    return made


def refuse(version: SchemeVersion, from_date: date) -> None:
    """Raise ReleaseRefused where the version cannot hold from the day."""
    if version.state not in (State.DRAFT, State.RELEASED):
        raise ReleaseRefused("not_sound")
    other = versions.released(version.digest)
    if other is not None and other.pk != version.pk:
        raise ReleaseRefused("same_content")
    taken = Scheme.objects.filter(from_date=from_date).first()
    if taken is not None:
        raise ReleaseRefused("day_taken", day=from_date, scheme=str(taken))


def content_digest(version: SchemeVersion, from_date: str) -> str:
    """What the deciders saw: the content, the day, and what holds around it."""
    beside = [[row.from_date, row.digest] for row in Scheme.objects.order_by("from_date")]
    return digest({"version": version.pk, "digest": version.digest, "from": from_date, "beside": beside})


def waiting(version: SchemeVersion) -> Approval | None:
    """The open proposal about a version, if there is one."""
    found: Approval | None = (
        Approval.objects.filter(kind=KIND, about_id=version.pk, state=Approval.State.OPEN)
        .select_related("proposed_by__user")
        .first()
    )
    return found


def decided(approval: Approval, by: Membership) -> None:
    """The second person has agreed: release the version and let it hold. Raises ReleaseRefused."""
    claims.free(approval)
    if approval.state != Approval.State.APPROVED:
        return
    version = SchemeVersion.objects.select_for_update().get(pk=approval.about_id)
    day = date.fromisoformat(approval.terms["from_date"])
    hold(by=approval.proposed_by, version=version, from_date=day, today=timezone.localdate())


@transaction.atomic
def hold(*, by: Membership, version: SchemeVersion, from_date: date, today: date) -> Scheme:
    """Release a version if it is not, let it hold from a day, group again the cases discharged from it on."""
    refuse(version, from_date)
    if version.state == State.DRAFT:
        version.release()
        version.save(update_fields=["state"])
        journal.step(by=by, about=version, name="release", before=State.DRAFT, after=version.state)
    row = Scheme.objects.create(
        code=version.code, name=version.name, version=version.version, from_date=from_date,
        digest=version.digest, illustrative=version.illustrative,
    )  # fmt: skip
    said = {"code": row.code, "digest": row.digest, "from_date": str(from_date)}
    journal.write(by=by, verb="scheme.adopted", about=row, **said)
    schemes.mark_alliance(by.alliance, today=today)
    group_from(by=by, day=from_date)
    return row


def group_from(*, by: Membership, day: date) -> list[Job]:
    """Queue the grouping of every month that holds a case discharged on or after a day."""
    return [grouping.enqueue_month(by=by, month=month) for month in past.months_from(day)]
