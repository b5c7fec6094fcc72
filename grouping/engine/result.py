"""What grouping a case comes to; shared by every grouper (FORMAT 5.3)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from grouping.engine.rows import Adrg, Drg, Mdc, Scheme


class Status(StrEnum):
    """Outcome of a grouping: 已入组, 仅入 ADRG, 歧义病案, 未入组."""

    GROUPED = "grouped"
    ADRG_ONLY = "adrg_only"
    AMBIGUOUS = "ambiguous"
    UNGROUPABLE = "ungroupable"


@dataclass(frozen=True, slots=True)
class Result:
    """Codes and outcome of one case. mdc and adrg are empty when ungroupable; weight None = not known."""

    mdc: str
    adrg: str
    drg: str
    status: Status
    weight: Decimal | None


def ungroupable(scheme: Scheme) -> Result:
    """The result of a case that fits nowhere: the scheme's own code, no MDC, no ADRG (FORMAT 5.1)."""
    return Result("", "", scheme.head.ungroupable, Status.UNGROUPABLE, None)


def outcome(scheme: Scheme, mdc: Mdc, adrg: Adrg, drg: Drg | None) -> Result:
    """The result of a case caught by these rows; drg None = caught by the ADRG itself (FORMAT 5.1, 5.3)."""
    code = drg.code if drg else adrg.code
    weight = drg.weight if drg else None
    if code == scheme.head.ungroupable:
        return ungroupable(scheme)
    if adrg.kind == "ambiguous":
        return Result(mdc.code, adrg.code, code, Status.AMBIGUOUS, weight)
    status = Status.ADRG_ONLY if code == adrg.code else Status.GROUPED
    return Result(mdc.code, adrg.code, code, status, weight)
