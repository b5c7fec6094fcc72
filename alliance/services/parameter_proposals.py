"""Deciding a parameter takes two people: one proposes the value and its day, it holds when another has agreed
(requirements X1, practice.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib import register
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.models import Membership, Parameter
from alliance.services import parameters

KIND = "parameter"


class ProposalRefused(Refused):
    """A value cannot be proposed as it is."""

    reasons = {
        "same_day": "A value that holds from %(day)s is already entered. Choose another day.",
        "same_value": "This value already holds on that day. Nothing would change.",
    }


def propose(
    *,
    by: Membership,
    key: str,
    value: object,
    from_date: date,
    level: str = "",
    decided_by: str,
    source: str = "",
    on: date,
) -> Approval:
    """Propose that `key` takes a value from a day on; `on` chooses the version of the chain.

    Raises RegisterRefused (unknown key, a value that does not fit), ProposalRefused, AlreadyProposed,
    TooFewDeciders.
    """
    shape = parameters.registered()[key].shape
    plain = register.to_json(register.parse_value(shape, value, key=key))
    refuse(key, plain, level, from_date)
    parameters.refuse_outside(key=key, value=plain, level=level, from_date=from_date)
    terms = {
        "key": key, "value": plain, "level": level, "from_date": from_date.isoformat(),
        "decided_by": decided_by, "source": source,
    }  # fmt: skip
    return approvals.propose(
        by=by, kind=KIND, about=values_of(key)[0], chain=chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND),
        digest=content_digest(terms), terms=terms,
        arguments={"key": key, "from_date": from_date},
    )  # fmt: skip


def refuse(key: str, plain: object, level: str, from_date: date) -> None:
    """Raise ProposalRefused where the day is taken or the value holds already."""
    of_level = [row for row in values_of(key) if row.level == level]
    if any(row.from_date == from_date for row in of_level):
        raise ProposalRefused("same_day", day=from_date)
    before = [row for row in of_level if row.from_date < from_date]
    if before and before[-1].value == plain:
        raise ProposalRefused("same_value")


def values_of(key: str) -> list[Parameter]:
    """Every value a parameter ever had or will have: by level, then by day."""
    return list(Parameter.objects.filter(key=key).order_by("level", "from_date"))


def waiting(key: str) -> Approval | None:
    """The open proposal for a parameter, if there is one."""
    open_ = Approval.objects.filter(kind=KIND, state=Approval.State.OPEN, terms__key=key)
    found: Approval | None = open_.select_related("proposed_by__user").first()
    return found


def content_digest(terms: Mapping[str, object]) -> str:
    """What the deciders saw: the proposal and the values beside it, so that nobody decides past another."""
    beside = [[row.level, row.from_date, row.value] for row in values_of(str(terms["key"]))]
    return digest({"terms": dict(terms), "beside": beside})


def decided(approval: Approval, by: Membership) -> None:
    """Let the value hold once the last step has agreed."""
    if approval.state != Approval.State.APPROVED:
        return
    given = {name: approval.terms[name] for name in ("key", "value", "level", "decided_by", "source")}
    parameters.decide(
        by=approval.proposed_by, from_date=date.fromisoformat(approval.terms["from_date"]), **given
    )
