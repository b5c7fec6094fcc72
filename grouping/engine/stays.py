"""One discharged stay as the metrics see it: its group, its charges, its operations, how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from grouping.engine.result import Status

# The charges of a front page by class (HQMS D11 to D34; sub-items are parts of these and never added).
FEE_CLASSES: Mapping[str, tuple[str, ...]] = {
    "service": ("D11", "D12", "D13", "D14"),
    "exam": ("D15", "D16", "D17", "D18"),
    "treatment": ("D19", "D20"),
    "rehabilitation": ("D21",),
    "tcm": ("D22",),
    "western_drugs": ("D23",),
    "patent_drugs": ("D24",),
    "herbal_drugs": ("D25",),
    "blood": ("D26", "D27", "D28", "D29", "D30"),
    "consumables": ("D31", "D32", "D33"),
    "other": ("D34",),
}
EMERGENCY = 1  # way of admission B11C (RC026)


@dataclass(frozen=True, slots=True)
class Session:
    """One table-time 手术台次: operations that begin together; `level` 1-4 is the highest of them."""

    level: int | None = None
    minimal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedStay:
    """One discharged stay with its group. month: of the discharge, YYYY-MM; stay in days; cost in fen.

    `weight` is None where the scheme knows none for the group. `lasted` is the time from admission to
    discharge, None where it is not asked for; `fees` the charges by column D11 to D34 in fen; `sessions` the
    table-times of operations; `operated` says whether a procedure counts as an operation for the scheme,
    `treated` whether there is any procedure at all; `in_scope` whether DRG or DIP pays it (by bed-day and the
    like: no).
    """

    hospital: str
    department: str
    month: str
    status: Status
    drg: str
    weight: Decimal | None
    stay_days: int
    cost_fen: int
    died: bool
    doctor: str = ""
    lasted: timedelta | None = None
    operated: bool = False
    treated: bool = False
    emergency: bool = False
    in_scope: bool = True
    sessions: tuple[Session, ...] = ()
    fees: Mapping[str, int] = field(default_factory=dict)
    own_pay_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A procedure that counts as an operation: when it began (as recorded, "" unknown), its level."""

    code: str
    at: str
    level: int | None


def sessions(operations: Iterable[Operation], minimal: frozenset[str] = frozenset()) -> tuple[Session, ...]:
    """Table-times of a stay: operations recorded at one moment share one, as do those without a moment.

    `minimal` is the catalogue of minimally invasive operations (微创手术目录). Source: definitions section 1;
    the front page has no number of the anaesthesia, so the moment stands for it.
    """
    found: dict[str, Session] = {}
    for one in operations:
        known = found.get(one.at, Session())
        levels = [level for level in (known.level, one.level) if level is not None]
        found[one.at] = Session(max(levels, default=None), known.minimal or one.code in minimal)
    return tuple(found.values())
