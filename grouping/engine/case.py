"""One hospital stay as grouping sees it, and the translation between code editions (FORMAT 3 and 5.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

Number = int | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case to be grouped. None means "not given"; nothing here is ever a float.

    age: completed years at admission. age_days: days at admission (needed only when age is 0).
    weight: newborn weight in grams. los: days, same-day stay = 1. icu_hours: hours in intensive care.
    sex: 1 male, 2 female. discharge: way of discharge 离院方式 (1, 2, 3, 4, 5, 9).
    diagnoses: principal first. procedures: main first. Both in the insurance edition of the codes.
    """

    case_no: str = ""
    sex: int | None = None
    age: int | None = None
    age_days: int | None = None
    weight: Number | None = None
    los: Number | None = None
    department: str | None = None
    discharge: int | None = None
    icu_hours: Number | None = None
    diagnoses: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # FORMAT 3: hospitals deliver 0 for "not weighed"; settled here so that every grouper agrees.
        if self.weight == 0:
            object.__setattr__(self, "weight", None)


@dataclass(frozen=True, slots=True)
class CodeMaps:
    """Clinical edition (国家临床版) -> insurance edition (医保版), for diagnoses and for procedures."""

    diagnoses: Mapping[str, str] = field(default_factory=dict)
    procedures: Mapping[str, str] = field(default_factory=dict)


def translate(case: Case, maps: CodeMaps) -> Case:
    """Return the case with its codes in the insurance edition; a code without an entry stays (FORMAT 5.5).

    Only for cases of a source that is set to deliver clinical codes: about 250 diagnosis codes exist in both
    editions with different targets, so translating an insurance-edition case would change its group.
    """
    return replace(
        case,
        diagnoses=tuple(maps.diagnoses.get(code, code) for code in case.diagnoses),
        procedures=tuple(maps.procedures.get(code, code) for code in case.procedures),
    )
