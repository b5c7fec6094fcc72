"""The city's DIP catalogue and point values: taken in from a file, released by two (S4-08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import BinaryIO

from django.db import models, transaction

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib import sheets
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from grouping.engine import dip as engine
from grouping.engine.dip import Catalogue, Combination
from grouping.models import DipCatalogue, DipEntry, TariffKind, TariffSheet
from grouping.readers import dipfile
from grouping.readers.dipfile import Disease, Finding, PointValue
from grouping.services import claims, past, tariff

KIND = "dip.release"
LIMITS = sheets.Limits(csv_bytes=20 * 1024 * 1024)
State = DipCatalogue.State


class DipRefused(Refused):
    """A catalogue cannot be taken or proposed as it is."""

    reasons = {
        "not_draft": "Only a draft can be proposed or put aside. Import the file again.",
        "waiting": "The catalogue waits for approval. Withdraw the proposal first.",
        "same_day": "From %(day)s on %(catalogue)s holds already. Choose another first day.",
    }


class FileFaulty(Exception):
    """The file has faults; nothing of it is stored."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} faults")
        self.findings = findings


@dataclass(frozen=True)
class Decision:
    """Who decided what shall hold from which day."""

    from_date: date
    decided_by: str
    source: str


@transaction.atomic
def receive(
    *, by: Membership, title: str, decision: Decision, name: str, content: BinaryIO
) -> DipCatalogue | TariffSheet:
    """Take a file in as a draft: a catalogue, or a sheet of point values, whichever its headings say.

    Whole or not at all. Raises SheetRefused, FileFaulty, TariffRefused.
    """
    found = dipfile.read(sheets.read(name, content, limits=LIMITS))
    if found.findings:
        raise FileFaulty(found.findings)
    if found.kind == "points":
        return _point_sheet(by, decision, found.values)
    return _catalogue(by, title, decision, name, found.diseases)


def _point_sheet(by: Membership, decision: Decision, values: Iterable[PointValue]) -> TariffSheet:
    rows: list[tariff.Row] = [
        {"key": f"{one.insurance}/{one.level}", "value": str(one.fen)} for one in values
    ]
    return tariff.keep(
        by=by, kind=TariffKind.POINT, from_date=decision.from_date, decided_by=decision.decided_by,
        source=decision.source, rows=rows,
    )  # fmt: skip


def _catalogue(
    by: Membership, title: str, decision: Decision, name: str, lines: list[Disease]
) -> DipCatalogue:
    core = sum(line.core for line in lines)
    row = DipCatalogue.objects.create(
        name=title.strip() or name, from_date=decision.from_date, decided_by=decision.decided_by,
        source=decision.source, file_name=name[:200], digest=_digest(lines), core=core,
        wide=len(lines) - core, made_by=by,
    )  # fmt: skip
    DipEntry.objects.bulk_create((_entry(row, line) for line in lines), batch_size=2_000)
    journal.write(by=by, verb="dip.received", about=row, core=core, wide=len(lines) - core, digest=row.digest)
    return row


def _entry(row: DipCatalogue, line: Disease) -> DipEntry:
    return DipEntry(
        catalogue=row, core=line.core, head=line.of.head, procedures="+".join(line.of.procedures),
        name=line.name, points=line.points, means=dict(line.means),
    )  # fmt: skip


def _digest(lines: Iterable[Disease]) -> str:
    content = [
        [line.core, line.of.head, list(line.of.procedures), line.name, line.points, dict(line.means)]
        for line in sorted(lines, key=lambda one: (not one.core, one.of))
    ]
    return digest(content)


@transaction.atomic
def propose(*, by: Membership, catalogue: DipCatalogue, on: date, confirmed: bool = False) -> Approval:
    """Propose that a catalogue holds from its day. `confirmed`: see past.confirmed_terms.

    Raises DipRefused, PastUnconfirmed, DayClaimed, AlreadyProposed, TooFewDeciders.
    """
    refuse(catalogue)
    terms = past.confirmed_terms(catalogue.from_date, on=on, confirmed=confirmed)
    made = approvals.propose(
        by=by, kind=KIND, about=catalogue, chain=chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND),
        digest=content_digest(catalogue), terms=terms,
        arguments={"name": catalogue.name, "from_date": catalogue.from_date},
    )  # fmt: skip
    claims.take(kind="dip", day=catalogue.from_date, approval=made)
    return made


def refuse(catalogue: DipCatalogue) -> None:
    """Raise DipRefused where a catalogue cannot take force."""
    if catalogue.state != State.DRAFT:
        raise DipRefused("not_draft")
    taken = released().filter(from_date=catalogue.from_date).first()
    if taken is not None:
        raise DipRefused("same_day", day=taken.from_date, catalogue=taken.name)


def content_digest(catalogue: DipCatalogue) -> str:
    """What the deciders saw: the lines, the day, and what holds beside it."""
    beside = [[row.from_date, row.digest] for row in released().order_by("from_date")]
    said = {"by": catalogue.decided_by, "source": catalogue.source, "name": catalogue.name}
    return digest({"lines": catalogue.digest, "from": catalogue.from_date, "beside": beside, **said})


def waiting(catalogue: DipCatalogue) -> Approval | None:
    """The open proposal about a catalogue, if there is one."""
    open_ = Approval.objects.filter(kind=KIND, about_id=catalogue.pk, state=Approval.State.OPEN)
    found: Approval | None = open_.select_related("proposed_by__user").first()
    return found


def decided(approval: Approval, by: Membership) -> None:
    """The second person has agreed: let the catalogue hold. Raises DipRefused."""
    claims.free(approval)
    if approval.state != Approval.State.APPROVED:
        return
    catalogue = DipCatalogue.objects.select_for_update().get(pk=approval.about_id)
    refuse(catalogue)
    catalogue.release()
    catalogue.save(update_fields=["state"])
    journal.step(by=by, about=catalogue, name="release", before=State.DRAFT, after=catalogue.state)
    journal.write(by=by, verb="dip.released", about=catalogue, from_date=str(catalogue.from_date))


@transaction.atomic
def discard(*, by: Membership, catalogue: DipCatalogue) -> DipCatalogue:
    """Put a draft aside. Raises DipRefused."""
    found = DipCatalogue.objects.select_for_update().get(pk=catalogue.pk)
    if found.state != State.DRAFT:
        raise DipRefused("not_draft")
    if waiting(found) is not None:
        raise DipRefused("waiting")
    found.discard()
    found.save(update_fields=["state"])
    journal.step(by=by, about=found, name="discard", before=State.DRAFT, after=found.state)
    return found


def released() -> models.QuerySet[DipCatalogue]:
    """Catalogues that hold, held or will hold."""
    found: models.QuerySet[DipCatalogue] = DipCatalogue.objects.filter(state=State.RELEASED)
    return found


def before(catalogue: DipCatalogue) -> DipCatalogue | None:
    """What holds on the day before a catalogue's first; None for the first one."""
    rows = released().filter(from_date__lt=catalogue.from_date).exclude(pk=catalogue.pk)
    return rows.order_by("-from_date").first()


@dataclass(frozen=True)
class Dated:
    """The city's catalogues that hold within a span, the newest first."""

    rows: tuple[tuple[date, str, Catalogue], ...] = ()

    def on(self, day: date) -> Catalogue | None:
        """The catalogue that values a discharge of a day."""
        return next((known for since, _name, known in self.rows if since <= day), None)


def held(first: date, last: date) -> Dated:
    """The catalogues that hold on some day of a span; empty where the city has none yet."""
    rows = list(released().filter(from_date__lte=last).order_by("-from_date"))
    kept: list[DipCatalogue] = []
    for row in rows:
        kept.append(row)
        if row.from_date <= first:
            break
    return Dated(tuple((row.from_date, row.name, _read(row.pk, row.digest)) for row in kept))


@lru_cache(maxsize=4)
def _read(pk: int, digest: str) -> Catalogue:
    """A catalogue as the engine asks it, read once a worker."""
    rows = DipEntry.objects.filter(catalogue=pk).values_list("core", "head", "procedures", "points", "means")
    return city(
        (core, Combination(head, tuple(filter(None, procedures.split("+")))), points, means)
        for core, head, procedures, points, means in rows.iterator()
    )


def city(lines: Iterable[tuple[bool, Combination, Decimal, Mapping[str, int]]]) -> Catalogue:
    """The engine's catalogue out of a city's lines: its points as they are, its means of last year."""
    own: dict[Combination, engine.Entry] = {}
    together: dict[Combination, engine.Entry] = {}
    means: dict[tuple[Combination, str], Fraction] = {}
    for core, of, points, by_level in lines:
        (own if core else together)[of] = engine.Entry(of, core, 0, Fraction(0), points)
        means |= {(of, level): Fraction(value) for level, value in by_level.items()}
    return Catalogue(own, together, Fraction(0), means)
