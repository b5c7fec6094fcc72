"""What every page of a month rests on: the run that counts, its lines, its words, and what opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web.access import who_may
from performance.engine.indicators import Indicator
from performance.engine.scheme import Column, Scheme
from performance.models import Line, MonthRun, Settlement
from performance.services import months
from performance.show import labels
from performance.show.formulas import Token, Writer
from performance.show.leftout import LeftOut

# The right that the list of a kind of fact needs.
LISTED = {
    "case": "case.list", "metric": "case.list", "referral": "referral.view", "visit_count": "referral.view",
    "consultation": "consultation.view", "order": "recognition.view", "result": "result.view",
    "device": "equipment.view", "use": "equipment.view", "visit": "posting.view",
    "evaluation": "posting.view", "attendance": "training.view", "doctor": "training.view",
    "joint_project": "joint.view", "joint_person": "joint.view", "technique_case": "joint.view",
    "case_conference": "joint.view", "joint_study": "joint.view", "declared": "declared.view",
    "letter": "consequence.view", "complaint": "complaint.view",
    "offsite_round": "offsite.view", "abnormal_report": "abnormal.view", "patient_day": "event.view",
    "focus_group": "event.view", "policy_person": "training.view", "duty_person": "duty.list",
}  # fmt: skip
MOST_NAMED = 3


def closed(membership: Membership, facts: Iterable[tuple[str, str]]) -> str:
    """Of facts (key, kind) those whose records the member may not list, and who may; "" where none."""
    names: dict[str, list[str]] = {}
    for key, kind in dict.fromkeys(facts):
        right = LISTED.get(kind.partition("+")[0])
        if right is not None and not membership.can(right):
            names.setdefault(right, []).append(labels.fact(key))
    said = _("Your role does not open the records behind: %(what)s.")
    return " ".join(
        f"{said % {'what': _named(what)}} {who_may(right)}" for right, what in names.items()
    )  # fmt: skip


def _named(facts: list[str]) -> str:
    """The first of them; a page lists them all."""
    return _(", ").join(facts[:MOST_NAMED]) + ("…" if len(facts) > MOST_NAMED else "")


@dataclass(frozen=True)
class Frame:
    """A month with a result, seen by a member."""

    membership: Membership
    month: Month
    run: MonthRun
    settlement: Settlement
    scheme: Scheme = field(init=False)
    indicators: Mapping[str, Indicator] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scheme", self.settlement.scheme.scheme())
        object.__setattr__(self, "indicators", self.settlement.indicators())

    @cached_property
    def left(self) -> LeftOut:
        """What decisions left out of the facts of this month."""
        return LeftOut(self.settlement)

    def lines(self) -> list[Line]:
        """All institutions of the month, by their code."""
        rows = Line.objects.filter(settlement=self.settlement).select_related("institution")
        return list(rows.order_by("institution__code"))

    def line(self, code: str) -> Line:
        """One institution's line if the member may see all of it; 404 also for others' (second wall)."""
        rows = Line.objects.filter(settlement=self.settlement, institution__code=code)
        found = rows.select_related("institution").first()
        if found is None or not self.membership.sees(found.institution_id):
            raise Http404
        return found

    def opens(self, institution: Institution) -> bool:
        """True when the member may open the institution's figures."""
        return self.membership.sees(institution.pk)

    def column(self, code: str) -> Column:
        """A column of the scheme."""
        return next(column for column in self.scheme.columns if column.code == code)

    def url(self, name: str, *args: Any) -> str:
        """An address of this month."""
        return reverse(name, args=[str(self.month), *args])

    def records_url(self, code: str, token: Token) -> str:
        """Where the records behind a fact of an institution open; '' where the member may not list them."""
        kind = str(token["evidence_kind"]).partition("+")[0]
        if kind in LISTED and not self.membership.can(LISTED[kind]):
            return ""
        return self.url("month-records", code, token["month"], token["name"])

    def writer(self, institution: Institution) -> Writer:
        """Writes formulas of one institution; numbers open only where the member may."""
        address = Addresses(self, institution.code).of if self.opens(institution) else (lambda token: "")
        return Writer(self.indicators, address)


@dataclass(frozen=True)
class Addresses:
    """Where each number of an institution's formulas opens."""

    frame: Frame
    code: str

    def of(self, token: Token) -> str:
        """The address of a number; '' for a plain constant."""
        name = token["name"]
        if token["origin"] == "fact":
            return self.frame.records_url(self.code, token)
        if token["origin"] == "parameter":
            return self._parameter(name)
        return self._result(name)

    def _parameter(self, name: str) -> str:
        if name in ("scale", "full_points"):
            return ""
        key = {"pool_fen": "pool", "basis_fen": "basis"}.get(name, "scheme")
        return self.frame.url("month-records", self.code, str(self.frame.month), key)

    def _result(self, name: str) -> str:
        kind, _colon, indicator = name.partition(":")
        if indicator:
            return self.frame.url("month-why-indicator", self.code, indicator)
        if kind == "score":
            return self.frame.url("month-institution", self.code)
        return f"{self.frame.url('month')}#shares" if kind == "weight" else ""


def frame(membership: Membership, month: Month) -> Frame:
    """The month as it stands for a member; 404 while there is no result."""
    run = months.current(month)
    if run is None or run.settlement is None:
        raise Http404
    return Frame(membership, month, run, run.settlement)


def link(name: str, *args: Any) -> str:
    """An address of another room; '' where that room has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
