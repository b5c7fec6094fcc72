"""Weights proposed from the stored cases of some months: computed by a job, taken over row by row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import jobs, journal, parameters
from grouping.engine.weights import Method, Proposals, Terms, propose
from grouping.models import SchemeVersion, WeightProposal
from grouping.services import edits
from grouping.weighing import sql

KIND = "scheme.weights"


class WeighingRefused(Refused):
    """A proposal cannot be computed or taken over."""

    reasons = {
        "not_draft": "Only the weights of a draft can be computed anew. Copy the version first.",
        "not_ended": "The proposal is still being computed.",
        "none_chosen": "Tick at least one group that has a proposed weight.",
    }


@transaction.atomic
def begin(
    *, by: Membership, version: SchemeVersion, method: str, first: Month, last: Month, today: date
) -> WeightProposal:
    """Queue a proposal from the cases discharged from `first` to `last`. Raises WeighingRefused."""
    if version.state != SchemeVersion.State.DRAFT:
        raise WeighingRefused("not_draft")
    row = WeightProposal.objects.create(
        version=version, method=method, first_month=first.first_day, last_month=last.first_day, made_by=by,
        terms=_terms(today),
    )  # fmt: skip
    row.job = jobs.enqueue(by=by, kind=KIND, dedupe=str(row.pk), arguments={"proposal": row.pk})
    row.save(update_fields=["job"])
    journal.write(by=by, verb="weights.begun", about=row, method=method, first=str(first), last=str(last))
    return row


def _terms(today: date) -> dict[str, Any]:
    """The limits in force, as JSON keeps them."""
    shares = cast(Mapping[str, Decimal], parameters.in_force("weights.class_shares", on=today))
    return {
        "most_days": parameters.in_force("weights.most_days", on=today),
        "iqr": str(parameters.in_force("weights.fence", on=today)),
        "least": parameters.in_force("weights.least_cases", on=today),
        "stable": parameters.in_force("weights.stable_cases", on=today),
        "most_cv": str(parameters.in_force("weights.most_cv", on=today)),
        "shares": {name: str(share) for name, share in shares.items()},
    }


@jobs.handles(KIND, gettext_lazy("Compute weights from stored cases"))
def compute(work: jobs.Work) -> jobs.Step:
    """Compute a proposal whole; what it came to is kept with it."""
    row = WeightProposal.objects.get(pk=work.job.arguments["proposal"])
    terms = row.terms
    found = propose(
        sql.costs(row.first_month, row.last_month),
        Terms(
            cast(Method, row.method), terms["most_days"], Decimal(terms["iqr"]), terms["least"],
            terms["stable"], Decimal(terms["most_cv"]),
            {name: Decimal(share) / 100 for name, share in terms["shares"].items()},
        ),
    )  # fmt: skip
    row.result = _plain(found)
    row.save(update_fields=["result"])
    return jobs.Step(
        more=False, text=str(found.used), result={"cases": found.used, "groups": len(found.rows)}
    )


def _plain(found: Proposals) -> dict[str, Any]:
    groups = {
        row.drg: {
            "cases": row.cases, "dropped": row.dropped, "mean_fen": row.mean_fen, "flags": list(row.flags),
            "cv": None if row.cv is None else str(row.cv),
            "weight": None if row.weight is None else str(row.weight),
        }
        for row in found.rows
    }  # fmt: skip
    return {
        "used": found.used, "left_out": found.left_out, "mean_fen": found.mean_fen,
        "empty": list(found.empty_classes), "groups": groups,
    }  # fmt: skip


def take_over(
    *,
    by: Membership,
    proposal: WeightProposal,
    groups: Collection[str],
    seen: Mapping[str, str] | None = None,
) -> SchemeVersion:
    """Write the proposed weights of some groups into the draft; `seen` and what else is raised as in
    edits.edit. Raises WeighingRefused.
    """
    if proposal.result is None:
        raise WeighingRefused("not_ended")
    found = proposal.result["groups"]
    changes = {
        drg: {"weight": found[drg]["weight"]}
        for drg in groups
        if found.get(drg, {}).get("weight") is not None
    }
    if not changes:
        raise WeighingRefused("none_chosen")
    version = edits.edit(by=by, version=proposal.version, changes=changes, seen=seen)
    journal.write(by=by, verb="weights.taken", about=version, proposal=proposal.pk, groups=len(changes))
    return version
