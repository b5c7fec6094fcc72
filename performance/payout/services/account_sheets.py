"""Bank accounts of many persons by one sheet: each proposed sealed, a second person agrees, owners are told.

The file is read and not kept; no account number but its last four is ever said of it (walls.md 4 and 5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib import sheets
from alliance.models import Membership, Staff
from alliance.services import journal
from alliance.web.refused import worded
from performance.models import PayoutAccount, PayoutSheet
from performance.models.payout import CHECK, RUN
from performance.payout.refusals import AccountRefused
from performance.payout.services import accounts, returned
from performance.payout.services.accounts import Given
from performance.services.rights import require

MOST_ROWS, BATCH = 5_000, 1_000
# Each column with the headings by which it is known beside its word in the reader's language.
COLUMNS: Mapping[str, tuple[object, tuple[str, ...]]] = {
    "institution": (gettext_lazy("institution code"), ("机构代码", "institution code", "institution")),
    "staff": (gettext_lazy("staff number"), ("工号", "staff number", "staff")),
    "holder": (gettext_lazy("account holder"), ("户名", "账户名称", "account holder", "holder")),
    "bank": (gettext_lazy("bank"), ("银行", "开户银行", "bank")),
    "branch": (gettext_lazy("branch"), ("支行", "开户支行", "开户网点", "branch")),
    "number": (gettext_lazy("account number"), ("账号", "银行账号", "卡号", "account number", "number")),
    "why": (pgettext_lazy("account", "why"), ("变更原因", "原因", "why it is changed", "why")),
}
NEEDED = ("institution", "staff", "holder", "bank", "number")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct: line of the file, word of the column ("" for the whole line), what and how."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Read:
    """A sheet read: what each line proposes for whom, how many say what counts already, what to correct."""

    proposed: Sequence[PayoutAccount]
    same: int
    faults: Sequence[Fault]
    sha256: str


class SheetFaults(AccountRefused):
    """Lines that have to be corrected; nothing was stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("faults", n=len(faults))
        self.faults = faults


def headings() -> list[str]:
    """The headings of an empty sheet in the reader's language."""
    return [str(word) for word, _known in COLUMNS.values()]


@transaction.atomic
def propose(*, by: Membership, name: str, source: BinaryIO, now: datetime) -> PayoutSheet:
    """Propose every account of a sheet; all wait for a second person, or nothing is stored.

    Raises PermissionDenied, AccountRefused (columns, empty, long, nothing), SheetFaults, SheetRefused.
    """
    require(by, RUN)
    read = _read(by, name, source, now)
    if read.faults:
        raise SheetFaults(read.faults)
    if not read.proposed:
        raise AccountRefused("nothing")
    sheet: PayoutSheet = PayoutSheet.objects.create(
        name=name[:200], sha256=read.sha256, rows=len(read.proposed), same=read.same, by=by, at=now
    )
    for row in read.proposed:
        row.sheet = sheet
    PayoutAccount.objects.bulk_create(read.proposed, batch_size=BATCH)
    journal.write(
        by=by, verb="payout.accounts_proposed", about=sheet, rows=len(read.proposed), sha256=read.sha256
    )
    return sheet


def _read(by: Membership, name: str, source: BinaryIO, now: datetime) -> Read:
    source.seek(0)
    sha256 = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    source.seek(0)
    with closing(sheets.read(name, source)) as found:  # type: ignore[type-var]
        rows = [(row.line, row.cells) for row in islice(found, MOST_ROWS + 2)]
    if len(rows) < 2:
        raise AccountRefused("empty")
    if len(rows) > MOST_ROWS + 1:
        raise AccountRefused("long", most=MOST_ROWS)
    places = _places(rows[0][1])
    lines = [
        (line, {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()})
        for line, cells in rows[1:] if any(cell.strip() for cell in cells)
    ]  # fmt: skip
    reading = _Reading(by, now, lines)
    return Read(reading.proposed, reading.same, reading.faults, sha256)


def _places(cells: Iterable[str]) -> dict[str, int]:
    """Which column stands where, by its heading. Raises AccountRefused (columns)."""
    known = {
        word.casefold(): name for name, (shown, words) in COLUMNS.items() for word in (str(shown), *words)
    }
    places: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = known.get(cell.strip().casefold())
        if name is not None:
            places.setdefault(name, at)
    missing = [str(COLUMNS[name][0]) for name in NEEDED if name not in places]
    if missing:
        raise AccountRefused("columns", columns="、".join(missing))
    return places


class _Reading:
    """The lines of a sheet against what is known; a fixed number of queries for any number of lines."""

    def __init__(self, by: Membership, now: datetime, lines: Sequence[tuple[int, Mapping[str, str]]]) -> None:
        self.proposed: list[PayoutAccount] = []
        self.faults: list[Fault] = []
        self.same = 0
        self._by, self._now = by, now
        codes = {line["staff"] for _number, line in lines}
        rows = Staff.objects.filter(code__in=codes).select_related("institution")
        self._staff = {(row.institution.code, row.code): row for row in rows}
        ids = [row.pk for row in self._staff.values()]
        self._counts = accounts.current()
        self._returned = returned.said()
        self._owner = {row.number_key: pk for pk, row in self._counts.items()}
        mine = PayoutAccount.objects.filter(staff__in=ids)
        open_ = mine.filter(confirmed_at=None, declined_at=None)
        self._waiting = set(open_.values_list("staff", flat=True))
        last = mine.values("staff").annotate(last=Max("revision")).order_by()
        self._last = {row["staff"]: row["last"] for row in last}
        self._banks = {
            word.casefold(): one.bank for one in accounts.banks().values() for word in (one.bank, one.name)
        }
        self._seen: set[int] = set()
        for number, line in lines:
            try:
                self._line(line)
            except AccountRefused as error:
                field = COLUMNS.get(error.fields.get(error.reason, error.reason))
                said = worded(error)
                self.faults.append(Fault(number, str(field[0]) if field else "", said))

    def _line(self, line: Mapping[str, str]) -> None:
        staff = self._staff.get((line["institution"], line["staff"]))
        if staff is None:
            raise AccountRefused("staff", code=line["staff"][:40], institution=line["institution"][:40])
        if staff.pk in self._seen:
            raise AccountRefused("twice", name=staff.name)
        self._seen.add(staff.pk)
        if staff.pk in self._waiting:
            raise AccountRefused("waiting")
        if any(mark in line["number"] for mark in ".eE"):
            raise AccountRefused("figure")
        bank = self._banks.get(line["bank"].casefold(), "")
        given = Given(bank, line.get("branch", ""), line["holder"], line["number"])
        found = accounts.columns(given, self._by.alliance.code, known=self._banks.values())
        counts, why = self._counts.get(staff.pk), line.get("why", "")
        if counts is not None and counts.pk not in self._returned and accounts.says_same(counts, found):
            self.same += 1
            return
        if counts is not None and not why:
            raise AccountRefused("why")
        if self._owner.setdefault(found["number_key"], staff.pk) != staff.pk:
            raise AccountRefused("taken")
        self.proposed.append(PayoutAccount(
            staff=staff, revision=self._last.get(staff.pk, 0) + 1, why=why[:200], entered_by=self._by,
            entered_at=self._now, **found,
        ))  # fmt: skip


@transaction.atomic
def decide(*, by: Membership, sheet: PayoutSheet, agreed: bool, now: datetime, why: str = "") -> int:
    """The second person has compared the sheet with the persons' papers: every account of it that waits is
    confirmed, or declined with a reason, and its owner told; the own one is left to a colleague. Returns how
    many.

    Raises PermissionDenied, AccountRefused (same_person, declined_why, confirmed).
    """
    require(by, CHECK)
    if sheet.by.user_id == by.user_id:
        raise AccountRefused("same_person")
    how, more = ("confirmed", {}) if agreed else ("declined", {"declined_why": accounts.reason(why)})
    rows = waiting(sheet).exclude(staff__user=by.user_id)
    done: int = rows.update(**{f"{how}_by": by, f"{how}_at": now}, **more)
    if not done:
        raise AccountRefused("confirmed")
    journal.write(
        by=by,
        verb=f"payout.accounts_{how}",
        about=sheet,
        rows=done,
        **({} if agreed else {"why": why.strip()}),
    )
    return done


def waiting(sheet: PayoutSheet) -> QuerySet[PayoutAccount]:
    """The accounts of a sheet nobody has decided about."""
    rows: QuerySet[PayoutAccount] = PayoutAccount.objects.filter(
        sheet=sheet, confirmed_at=None, declined_at=None
    )
    return rows
