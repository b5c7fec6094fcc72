"""What one case is paid by: its payment standard with every factor, how far its money has come, or why none.

The money of a case has stages (practice.md section 3). What this system can say of one case is the first two:
预估, an estimate by the tariff in force on the day of discharge, and 医保反馈, the amount the insurer's group
results name for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from alliance.lib.workdays import SHANGHAI
from grouping.engine.paytype import OUT_OF_SCOPE, Encounter, decide
from grouping.engine.tariff import Factor
from grouping.models import Case, CentralResult, Document, GroupedCase, OperationCatalogue, Pairing
from grouping.services import payment_types, tariff
from grouping.services.paying import INSURANCES

Why = Literal["", "void", "pending", "no_group", "no_weight", "out_of_scope", "no_rate"]
Stage = Literal["estimated", "insurer"]


@dataclass(frozen=True)
class CaseStandard:
    """The standard of one case in fen with its factors in order, or `why` there is none.

    `type`: how the encounter is paid (grouping.engine.paytype.TYPES). `listed`: the settlement list that pays
    for the stay of a front page. `insurer`: the newest group result of the city that names an amount.
    """

    day: date
    type: str
    why: Why
    fen: int | None = None
    factors: Sequence[Factor] = ()
    listed: Case | None = None
    insurer: CentralResult | None = None

    @property
    def stage(self) -> Stage:
        """How far the money of the case has come."""
        return "estimated" if self.insurer is None else "insurer"


def of(case: Any) -> CaseStandard:
    """The standard of a case annotated by facts.with_group; a fixed number of queries."""
    day = case.discharged_at.astimezone(SHANGHAI).date()
    listed = _list_of(case)
    kind = _type(case, listed, day)
    known: dict[str, Any] = {"day": day, "type": kind, "listed": listed, "insurer": _insurer(case)}
    why = _why(case, kind)
    if why:
        return CaseStandard(why=why, **known)
    found = tariff.standard(
        case_weight=case.weight, institution=case.institution, on=day, insurance=_insurance(case),
        drg=case.drg, minimal=_minimal(case, day), way=case.discharge_way,
    )  # fmt: skip
    return CaseStandard(
        why="" if found.fen is not None else "no_rate", fen=found.fen, factors=found.factors, **known
    )


def _why(case: Any, kind: str) -> Why:
    if case.voided_at is not None:
        return "void"
    if case.group_status is None:
        return "pending"
    if kind in OUT_OF_SCOPE:
        return "out_of_scope"
    if case.group_status != GroupedCase.Status.GROUPED:
        return "no_group"
    return "no_weight" if case.weight is None else ""


def _list_of(case: Case) -> Case | None:
    """The settlement list matched with a front page: it pays for the stay."""
    if case.document != Document.FRONT_PAGE:
        return None
    found = (
        Pairing.objects.filter(page=case.pk, settlement__voided_at=None).select_related("settlement").first()
    )
    return found.settlement if found else None


def _type(case: Case, listed: Case | None, day: date) -> str:
    """How the encounter is paid: by what its list says, else by the table in force on the day."""
    encounter = Encounter(
        case.institution.kind, case.department_code, case.diagnoses[0] if case.diagnoses else "",
        case.stay_days, str((listed or case).raw.get("hi_paymtd") or ""),
    )  # fmt: skip
    return decide(encounter, payment_types.in_force(day).table).type


def _insurance(case: Case) -> str:
    if case.document == Document.FRONT_PAGE:
        return INSURANCES.get(str(case.recorded.get("payment") or "").lstrip("0")[:1], "")
    return INSURANCES.get(str(case.raw.get("hi_type") or ""), "")


def _minimal(case: Case, day: date) -> bool | None:
    """Whether it has a minimally invasive operation; None where no catalogue says which those are."""
    found = OperationCatalogue.objects.filter(from_date__lte=day).first()
    return None if found is None else bool(set(case.procedures) & set(found.codes))


def _insurer(case: Case) -> CentralResult | None:
    found = CentralResult.objects.filter(case=case.pk).exclude(settled_fen=None).select_related("file")
    return found.order_by("-pk").first()
