"""Deciding who decides: a chain for one kind of matter, or the next version of a ready one, takes two people.

Proposed by one, it holds from its day when another has agreed by the ready chain of two people: no chain
entered here decides about chains (practice.md section 4: the chain is data).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval, Chain
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.models import Membership

KIND = "approvals.chain"
READY = (chains.TWO_PEOPLE, chains.COUNTY)  # ready chains whose next version may be entered


class ChainRefused(Refused):
    """A chain cannot be proposed as it is."""

    reasons = {
        "kind": "The chain of this kind is named by a rule. It is not entered here.",
        "same_day": "A version that holds from %(day)s is already entered. Choose another day.",
        "past": "%(day)s is past: what is decided holds from today at the earliest.",
        "same": "These steps already hold on that day. Nothing would change.",
    }
    fields = {"kind": "", "same_day": "from_date", "past": "from_date", "same": ""}


def propose(
    *, by: Membership, code: str, name: str, steps: Sequence[Mapping[str, Any]], from_date: date,
    decided_by: str, today: date,
) -> Approval:  # fmt: skip
    """Propose the steps of a kind's own chain, or of a ready one (`code`: one of READY), from a day on.

    Raises ChainRefused, ChainInvalid, AlreadyProposed, TooFewDeciders.
    """
    if code not in READY and code not in registry.with_own_chain():
        raise ChainRefused("kind")
    chains.check(code, steps)
    plain = [dict(one) for one in steps]
    _fits(code, plain, from_date, today)
    terms = {
        "code": code, "name": name.strip(), "steps": plain, "from_date": from_date.isoformat(),
        "decided_by": decided_by.strip(),
    }  # fmt: skip
    two = _two_people(today)
    return approvals.propose(
        by=by,
        kind=KIND,
        about=before(code, today) or two,
        chain=two,
        digest=content(terms),
        terms=terms,
        arguments={"code": code, "from_date": from_date},
    )


def _two_people(today: date) -> Chain:
    return chains.in_force(chains.TWO_PEOPLE, on=today)


def _fits(code: str, steps: list[dict[str, Any]], from_date: date, today: date) -> None:
    if from_date < today:
        raise ChainRefused("past", day=from_date)
    versions = versions_of(code)
    if any(one.from_date == from_date for one in versions):
        raise ChainRefused("same_day", day=from_date)
    held = [one for one in versions if one.from_date < from_date]
    if held and held[0].steps == steps:
        raise ChainRefused("same")


def versions_of(code: str) -> list[Chain]:
    """Every version a chain ever had or will have, the latest day first."""
    return list(Chain.objects.filter(code=code).order_by("-from_date"))


def before(code: str, today: date) -> Chain | None:
    """The version in force today; None for a kind that has no chain of its own yet."""
    return next((one for one in versions_of(code) if one.from_date <= today), None)


def waiting(code: str) -> Approval | None:
    """The open proposal for a chain, if there is one."""
    found: Approval | None = Approval.objects.filter(
        kind=KIND, state=Approval.State.OPEN, terms__code=code
    ).first()
    return found


def content(terms: Mapping[str, Any]) -> str:
    """What the deciders saw: the proposal and the versions beside it, so that nobody decides past another."""
    beside = [[one.from_date, one.steps] for one in versions_of(str(terms["code"]))]
    return digest({"terms": dict(terms), "beside": beside})


def decided(approval: Approval, by: Membership) -> None:
    """Let the chain hold from its day once the last step has agreed."""
    if approval.state != Approval.State.APPROVED:
        return
    terms = approval.terms
    chains.add(
        by=by, code=terms["code"], name=terms["name"], steps=terms["steps"],
        from_date=date.fromisoformat(terms["from_date"]), decided_by=terms["decided_by"],
        object_kind="" if terms["code"] in READY else terms["code"], approval=approval,
    )  # fmt: skip
