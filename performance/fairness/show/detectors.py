"""The page of the detectors: rule, limits, how often they were right, exceptions in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.register import to_json
from alliance.models import Membership
from alliance.services import parameters
from alliance.web import parameter_values, parts
from alliance.web.access import way
from performance.fairness import forms, words
from performance.fairness.detectors import ALL
from performance.models import Clue, ClueException, FairnessRun

State = Clue.State
AXES = "fairness.balance.axes"
COMMON = ("fairness.false_share", "fairness.severity", "fairness.explain_deadline")


@dataclass(frozen=True)
class Tally:
    """Clues of a detector: all, dismissed, explanations accepted, confirmed, still open."""

    clues: int = 0
    dismissed: int = 0
    accepted: int = 0
    confirmed: int = 0
    open: int = 0

    @property
    def decided(self) -> int:
        """Dismissed, explained or confirmed."""
        return self.dismissed + self.accepted + self.confirmed

    @property
    def precision(self) -> Decimal | None:
        """Confirmed of those decided, in percent; None while none is decided."""
        return round(Decimal(100) * self.confirmed / self.decided, 1) if self.decided else None


def tallies(member: Membership) -> Mapping[str, Tally]:
    """By detector, of the clues a member sees; one query."""
    rows = Clue.objects.seen_by(member).order_by().values("detector")
    counted = rows.annotate(
        clues=Count("pk"), dismissed=Count("pk", filter=Q(state=State.DISMISSED)),
        accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        open=Count("pk", filter=Q(state__in=Clue.LIVE)),
    )  # fmt: skip
    return {row.pop("detector"): Tally(**row) for row in counted}


def page(member: Membership, month: Month, given: Any = None) -> dict[str, Any]:
    """Every detector with what it reads and what came of it; a fixed number of queries."""
    counted = tallies(member)
    run = FairnessRun.objects.filter(ended_at__isnull=False).order_by("-started_at").first()
    limits = _limits(member, month)
    office = member.institution_id is None
    return {
        "title": _("How clues are found"), "run": run if office else None,
        "detectors": [
            {
                "detector": one, "tally": counted.get(code, Tally()),
                "limits": [limits[key] for key in one.keys],
                "counts": (run.counts or {}).get(code) if run and office else None,
                "try": way(member, "clue-try", code) if office and one.tried else "",
            }
            for code, one in ALL.items()
        ],
        "common": [limits[key] for key in COMMON],
        "exceptions": exceptions(member, given) if office else [],
    }  # fmt: skip


def _limits(member: Membership, month: Month) -> dict[str, parts.Fact]:
    """The parameters all detectors read, as they hold, each opening at its page; one query."""
    keys = {*COMMON, *(key for one in ALL.values() for key in one.keys)}
    held = parameters.several_in_force(sorted(keys), on=month.last_day)
    return {key: limit(member, key, value) for key, value in held.items()}


def limit(member: Membership, key: str, value: Any) -> parts.Fact:
    """One parameter in words."""
    entry = parameters.registered()[key]
    said = words.axes(value) if key == AXES else parameter_values.text(entry.shape, to_json(value))
    return parts.Fact(parameter_values.label(entry), said, way(member, "parameter", key))


def exceptions(member: Membership, given: Any = None) -> list[dict[str, Any]]:
    """Exceptions that hold or held, those in force first."""
    rows = ClueException.objects.filter(clue__in=Clue.objects.seen_by(member)).select_related(
        "clue__institution", "clue__other", "made_by__user", "revoked_by__user"
    )
    decides = member.can("fairness.decide")
    found = []
    for row in rows.order_by("-until", "-pk")[:100]:
        form = forms.RevokeForm(auto_id=f"revoke-{row.pk}-%s")
        if given is not None and given.auto_id == form.auto_id:
            form = given
        url = reverse("clue-exception-revoke", args=[row.pk])
        actions = (
            [parts.Action(_("Revoke…"), url, "minus", form=form)] if decides and not row.revoked_at else []
        )
        found.append({"row": row, "detector": ALL[row.detector].name, "actions": actions})
    return found
