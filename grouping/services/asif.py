"""A case as it should have been: the group it comes to, and what it then gives to its month. Nothing is kept:
the case, its revisions and its group stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from grouping.engine.interpreter import group
from grouping.engine.result import Result, Status
from grouping.engine.rows import Scheme as Package
from grouping.models import Case, GroupedCase, Scheme
from grouping.services import schemes
from grouping.services.grouping import as_case

__all__ = ["CODES", "FIELDS", "Case", "Right", "RightRefused", "result", "standing"]

CODES = ("diagnoses", "procedures")
FIELDS = (*CODES, "discharge_way", "stay_days")
_READ = (
    "sex", "age", "age_days", "weight_g", "icu_hours", "department_code", *FIELDS,
)  # fmt: skip


class RightRefused(Refused):
    """What is said to be right of a case cannot be."""

    reasons = {
        "no_scheme": "No grouping scheme was in force on the day this case was discharged.",
        "unknown": "%(codes)s: not in the dictionary of the grouping scheme of that day. Look the code up "
        "and write it as the insurance edition has it.",
        "no_principal": "Write at least the principal diagnosis.",
        "no_group": "%(group)s is no group of the scheme of that day. Look it up in the interpreter.",
    }
    fields = {"no_scheme": "", "unknown": "codes", "no_principal": "diagnoses", "no_group": "drg"}


@dataclass(frozen=True)
class Right:
    """What is right of a case: whether it counts in its month; columns of its front page (`FIELDS`) that say
    something else; the group it belongs to, where that is not what its codes come to.
    """

    counts: bool = True
    content: Mapping[str, Any] = field(default_factory=dict)
    drg: str = ""


def result(case: Case, right: Right) -> Result:
    """The group of a case under the scheme in force on its day of discharge, with what is right of it.

    Raises RightRefused (no_scheme, unknown, no_principal, no_group).
    """
    package = schemes.package(_scheme(case))
    _check(package, right.content)
    if right.drg:
        return _group(package, right.drg)
    row = {"id": case.pk, **{name: getattr(case, name) for name in _READ}, **right.content}
    return group(package, as_case(row))


def _scheme(case: Case) -> Scheme:
    try:
        return schemes.in_force(case.discharged_at.astimezone(SHANGHAI).date())
    except schemes.NoScheme:
        raise RightRefused("no_scheme") from None


def _check(package: Package, content: Mapping[str, Any]) -> None:
    if "diagnoses" in content and not content["diagnoses"]:
        raise RightRefused("no_principal")
    for kind, names in zip(CODES, (package.diagnosis_names, package.procedure_names), strict=True):
        unknown = [code for code in content.get(kind, ()) if names and code not in names]
        if unknown:
            raise RightRefused("unknown", codes="、".join(unknown), at=kind)


def _group(package: Package, code: str) -> Result:
    for adrg, drgs in package.drgs.items():
        for drg in drgs:
            if drg.code == code:
                mdc = next(
                    (key for key, rows in package.adrgs.items() if any(r.code == adrg for r in rows)), ""
                )
                return Result(mdc, adrg, code, Status.GROUPED, drg.weight)
    raise RightRefused("no_group", group=code)


@contextmanager
def standing(rights: Iterable[tuple[Case, Right]]) -> Iterator[None]:
    """Inside, the cases stand as they should have been: what reads them reads that. Behind it everything is
    as before, whatever was written meanwhile. Raises as `result`.
    """
    with ExitStack() as stack:
        for case, right in rights:
            stack.enter_context(_one(case, right))
        yield


@contextmanager
def _one(case: Case, right: Right) -> Iterator[None]:
    came = result(case, right)
    with transaction.atomic():
        voided = None if right.counts else case.voided_at or timezone.now()
        Case.objects.filter(pk=case.pk).update(
            revision=case.revision + 1, voided_at=voided, **dict(right.content)
        )
        GroupedCase.objects.bulk_create([
            GroupedCase(
                case_id=case.pk, revision=case.revision + 1, scheme=_scheme(case), mdc=came.mdc,
                adrg=came.adrg, drg=came.drg, status=came.status.value, weight=came.weight,
            )
        ])  # fmt: skip
        yield
        transaction.set_rollback(True)
