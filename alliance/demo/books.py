"""What the demonstration declares, delivers and knows to be true, and the alliances that hold it all.

A loader stores these values through the real services. Money is whole fen.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from alliance.demo.values import Patient, Place, Referral, RosterLine, SignIn, Stay, StayKey, Unit, Worker
from alliance.lib.period import Month


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an institution declares for a month: discharges and charges in fen (practice.md section 2)."""

    institution: str
    month: Month
    discharges: int
    charges: int


@dataclass(frozen=True, slots=True)
class LastYear:
    """Declared totals of the same month of the year before: discharges and cost in fen."""

    institution: str
    month: Month
    discharges: int
    cost: int
    declared_on: date
    source: str


@dataclass(frozen=True, slots=True)
class PayBase:
    """The performance-pay base of an institution in a month, in fen."""

    institution: str
    month: Month
    fen: int
    decided_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The collaboration bonus fund of a month, in fen."""

    month: Month
    fen: int
    decided_on: date
    source: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A planted bad row: physical line (header = 1), the column a reader reports, the kind of fault."""

    line: int
    column: str
    kind: str
    record_no: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file to be written. `rows`: a stay and the cells that differ from its true row."""

    institution: str
    organisation: str
    month: Month
    name: str
    encoding: str
    rows: tuple[tuple[Stay, tuple[tuple[str, str], ...]], ...]
    bad: tuple[BadRow, ...]
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A case file on disk. `corrects` names the file it replaces, else empty."""

    path: Path
    alliance: str
    institution: str
    organisation: str
    month: Month
    encoding: str
    rows: int
    bad: int
    corrects: str


@dataclass(frozen=True, slots=True)
class MonthCount:
    """The truth of one institution and month: discharges, cost in fen, days of stay."""

    institution: str
    month: Month
    discharges: int
    cost: int
    stay_days: int


@dataclass(frozen=True, slots=True)
class Return:
    """A stay that follows another of the same person: keys of both, calendar days between."""

    index: StayKey
    again: StayKey
    days: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Referrals that arrived in a month, counted for sender and receiver."""

    institution: str
    month: Month
    up_sent: int
    up_received: int
    down_sent: int
    down_received: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What the generator knows to be true.

    `counts`: every discharge there was. `stored`: those in readable rows once every file has come, the
    corrected one included: what the product holds.
    `returns`: stays planned as returns within 30 days; their persons are 8 % of all `persons`.
    `readmissions`: those a product must count (definitions section 1, 30 days, data up to 2026-10-31).
    `bounces`: numbers of (down, up) referrals of one person and three-character diagnosis within 14 days.
    """

    counts: tuple[MonthCount, ...]
    stored: tuple[MonthCount, ...]
    persons: int
    returns: tuple[Return, ...]
    readmissions: tuple[Return, ...]
    bounces: tuple[tuple[str, str], ...]
    arrivals: tuple[Arrivals, ...]
    late_referrals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoAlliance:
    """One demonstration alliance; kind, word and body as alliance.models.Alliance has them."""

    code: str
    name: str
    name_en: str
    kind: str
    word: str
    body: str
    places: tuple[Place, ...]
    units: tuple[Unit, ...]
    staff: tuple[Worker, ...]
    roster: tuple[RosterLine, ...]
    users: tuple[SignIn, ...]
    patients: tuple[Patient, ...] = field(repr=False)
    stays: tuple[Stay, ...] = field(repr=False)
    referrals: tuple[Referral, ...] = field(repr=False)
    files: tuple[CaseFile, ...] = field(repr=False)
    declarations: tuple[Declaration, ...] = field(repr=False)
    last_year: tuple[LastYear, ...] = field(repr=False)
    pay_bases: tuple[PayBase, ...] = field(repr=False)
    pools: tuple[Pool, ...] = field(repr=False)
    expected: Expected = field(repr=False)

    def place(self, code: str) -> Place:
        """Return a member by its code; raises KeyError."""
        return {place.code: place for place in self.places}[code]


@dataclass(frozen=True, slots=True)
class Demo:
    """All demonstration alliances by code, and the months of their case files."""

    alliances: dict[str, DemoAlliance]
    months: tuple[Month, ...]
