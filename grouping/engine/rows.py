"""A DRG scheme as read from its package: the rows of FORMAT in the order they are tried, rules parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grouping.engine.case import CodeMaps
from grouping.engine.rules import Rule


@dataclass(frozen=True, slots=True)
class Head:
    """scheme.toml (FORMAT section 2). ungroupable: the result code of a case that fits nowhere."""

    format: int
    code: str
    name: str
    version: str
    year: int
    region: str
    source: str
    effective_from: date
    mdc_order: tuple[str, ...]
    retry_other_procedures: bool
    ungroupable: str
    weight_unit: str
    weight_source: str


# Rows compare and hash by identity: a grouper keeps what it made of a row in a dict keyed by the row.
@dataclass(frozen=True, slots=True, eq=False)
class Mdc:
    """A row of mdc.csv. `text` is the rule as written, `line` its place in the file."""

    code: str
    name: str
    rule: Rule
    text: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Adrg:
    """A row of adrg.csv: one way into an ADRG. kind: surgical, procedure, medical, ambiguous (FORMAT 5.2)."""

    mdc: str
    seq: int
    code: str
    name: str
    kind: str
    rule: Rule
    text: str
    when_no_drg: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Drg:
    """A row of drg.csv. weight: digits as written; None = no weight known (FORMAT section 6)."""

    adrg: str
    seq: int
    code: str
    name: str
    rule: Rule
    text: str
    weight: Decimal | None
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class Complication:
    """A row of cc.csv: as a secondary diagnosis the code is a CC or MCC, unless `group` is excluded."""

    code: str
    level: str
    group: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of lists.csv. kind: "diagnosis" or "procedure"."""

    kind: str
    codes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Scheme:
    """A whole scheme, checked.

    mdcs: in the order tried. adrgs: by MDC, drgs: by ADRG, each by seq. complications: by code, at most one
    row a level. exclusions: principal diagnosis -> group. sites: diagnosis -> site of injury. diagnosis_names
    and procedure_names: the dictionaries, empty when the package has none. digest: SHA-256 of the content (64
    hex digits), the same for a folder and its zip, whatever the order of rows, line ends and BOMs.
    """

    head: Head
    mdcs: tuple[Mdc, ...]
    adrgs: Mapping[str, tuple[Adrg, ...]]
    drgs: Mapping[str, tuple[Drg, ...]]
    lists: Mapping[str, CodeList]
    complications: Mapping[str, tuple[Complication, ...]]
    exclusions: Mapping[str, str]
    sites: Mapping[str, str]
    diagnosis_names: Mapping[str, str]
    procedure_names: Mapping[str, str]
    maps: CodeMaps
    digest: str
