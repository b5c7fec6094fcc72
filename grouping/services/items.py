"""Service items: catalogues and hospitals' lists from sheets, checked, decided, remembered (S1-12)."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import BinaryIO, cast

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from alliance.lib import money, sheets
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.services import journal
from grouping.engine.exact import half_up, percent
from grouping.engine.items import Entry, Item, Match, Matcher, normal
from grouping.models import CatalogueItem, ItemCatalogue, ItemDecision, ItemList, ListedItem

LIMITS = sheets.Limits(csv_bytes=20 * 1024 * 1024)
MOST_ROWS = 50_000
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("编码", "项目编码", "国家编码", "医保编码", "code", "itemcode"),
    "name": ("名称", "项目名称", "name", "itemname"),
    "unit": ("单位", "计价单位", "unit"),
    "price": ("价格", "单价", "收费价格", "最高限价", "限价", "price", "ceiling"),
    "retired": ("停用", "是否停用", "retired"),
}
LONGEST = {"code": 40, "name": 200, "unit": 40}
YES = frozenset({"1", "是", "y", "yes", "true", "停用"})


class ItemsRefused(Refused):
    """A sheet or a decision cannot be taken; nothing of it is stored."""

    reasons = {
        "empty": "The file has no lines below its heading.",
        "columns": "The file needs the columns 编码 (code) and 名称 (name) in its first line.",
        "too_many": "The file has more than %(limit)s lines. Deliver it in parts.",
        "no_code": "Line %(line)s: the code is empty. Fill it in and deliver the file again.",
        "no_name": "Line %(line)s: the name is empty. Fill it in and deliver the file again.",
        "too_long": "Line %(line)s: %(column)s has more than %(limit)s characters. Shorten it.",
        "price": "Line %(line)s: “%(text)s” is no price. "
        "Write yuan with at most two decimals, such as 78.73.",
        "twice": "Line %(line)s: the code %(code)s is already in line %(first)s. Keep one.",
        "no_catalogue": "No catalogue is in force yet. Import it first.",
        "same_day": "From %(day)s on another catalogue already holds. Choose another day.",
        "unknown_code": "The catalogue has no living item %(code)s. Choose a candidate or search again.",
    }


@dataclass(frozen=True)
class Line:
    """One line of a sheet as it stands."""

    line: int
    code: str
    name: str
    unit: str
    price_fen: int | None
    retired: bool


def read_lines(name: str, source: BinaryIO, *, code_needed: bool) -> Iterator[Line]:
    """The lines of a csv or xlsx by the headings known. Raises SheetRefused, ItemsRefused with the line."""
    # Closed here: the reader holds the file, which belongs to the caller, until its rows end.
    with closing(
        cast("Generator[sheets.SheetRow, None, None]", sheets.read(name, source, limits=LIMITS))
    ) as rows:
        head = next(rows, None)
        if head is None:
            raise ItemsRefused("empty")
        places = _places(head.cells)
        for number, row in enumerate(rows, 1):
            if number > MOST_ROWS:
                raise ItemsRefused("too_many", limit=MOST_ROWS)
            cells = {
                column: row.cells[place].strip() for column, place in places.items() if place < len(row.cells)
            }
            yield _line(row.line, cells, code_needed)


def _places(cells: Sequence[str]) -> dict[str, int]:
    known = {word: column for column, words in HEADINGS.items() for word in words}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = known.get(normal(cell))
        if column is not None:
            found.setdefault(column, place)
    if not {"code", "name"} <= set(found):
        raise ItemsRefused("columns")
    return found


def _line(number: int, cells: Mapping[str, str], code_needed: bool) -> Line:
    code, name, unit = (cells.get(column, "") for column in ("code", "name", "unit"))
    if code_needed and not code:
        raise ItemsRefused("no_code", line=number)
    if not name:
        raise ItemsRefused("no_name", line=number)
    for column, most in LONGEST.items():
        if len(cells.get(column, "")) > most:
            raise ItemsRefused("too_long", line=number, column=column, limit=most)
    retired = cells.get("retired", "").casefold() in YES
    return Line(number, code, name, unit, _price(number, cells.get("price", "")), retired)


def _price(number: int, text: str) -> int | None:
    if not text:
        return None
    try:
        return money.fen(text)
    except Refused:
        raise ItemsRefused("price", line=number, text=text) from None


@transaction.atomic
def import_catalogue(
    *, by: Membership, title: str, from_date: date, source: str, name: str, content: BinaryIO
) -> ItemCatalogue:
    """Take a catalogue that holds from a day on, whole or not at all. Raises SheetRefused, ItemsRefused."""
    lines = list(read_lines(name, content, code_needed=True))
    if not lines:
        raise ItemsRefused("empty")
    first: dict[str, int] = {}
    for line in lines:
        if first.setdefault(line.code, line.line) != line.line:
            raise ItemsRefused("twice", line=line.line, code=line.code, first=first[line.code])
    if ItemCatalogue.objects.filter(from_date=from_date).exists():
        raise ItemsRefused("same_day", day=from_date)
    row = ItemCatalogue.objects.create(
        name=title, from_date=from_date, source=source, items=len(lines), entered_by=by
    )
    CatalogueItem.objects.bulk_create(
        [
            CatalogueItem(
                catalogue=row, code=line.code, name=line.name, unit=line.unit, ceiling_fen=line.price_fen,
                retired=line.retired,
            )
            for line in lines
        ],
        batch_size=2_000,
    )  # fmt: skip
    journal.write(by=by, verb="item_catalogue.imported", about=row, items=len(lines))
    return row


def in_force(on: date) -> ItemCatalogue | None:
    """The catalogue that holds on a day."""
    found: ItemCatalogue | None = ItemCatalogue.objects.filter(from_date__lte=on).first()
    return found


def matcher(catalogue: ItemCatalogue) -> Matcher:
    """A catalogue ready to be asked; one query."""
    rows = CatalogueItem.objects.filter(catalogue=catalogue).order_by("code")
    return Matcher(Entry(*row) for row in rows.values_list("code", "name", "unit", "ceiling_fen", "retired"))


@transaction.atomic
def import_list(
    *, by: Membership, institution: Institution, name: str, content: BinaryIO, on: date
) -> ItemList:
    """Take a hospital's items and check each against the catalogue in force and what was decided before.

    An item decided to be none of the catalogue counts neither as item nor as wrong. Raises SheetRefused,
    ItemsRefused; nothing is stored then.
    """
    catalogue = in_force(on)
    if catalogue is None:
        raise ItemsRefused("no_catalogue")
    lines = list(read_lines(name, content, code_needed=False))
    if not lines:
        raise ItemsRefused("empty")
    ask, decided = matcher(catalogue), decisions(institution)
    found = [ask.match(Item(one.line, one.code, one.name, one.unit, one.price_fen)) for one in lines]
    checked = [_checked(match, decided.get(key_of(match.item.code, match.item.name))) for match in found]
    counted = [one for one in checked if one.kind != "not_item"]
    row = ItemList.objects.create(
        institution=institution, catalogue=catalogue, file_name=name[:200], items=len(counted),
        wrong=sum(one.wrong for one in counted), entered_by=by,
    )  # fmt: skip
    for one in checked:
        one.list = row
    ListedItem.objects.bulk_create(checked, batch_size=2_000)
    journal.write(by=by, verb="item_list.checked", about=row, items=row.items, wrong=row.wrong)
    return row


def key_of(code: str, name: str) -> str:
    """By what an item of an institution is known again: its code and its name as written, width aside."""
    return f"{normal(code)}|{normal(name)}"[:250]


def decisions(institution: Institution) -> dict[str, ItemDecision]:
    """What holds for each item of an institution: the latest version."""
    rows = ItemDecision.objects.filter(institution=institution).order_by("key", "-version").distinct("key")
    return {row.key: row for row in rows}


def _checked(match: Match, decided: ItemDecision | None) -> ListedItem:
    item, entry = match.item, match.entry
    row = ListedItem(
        line=item.line, code=item.code, name=item.name, unit=item.unit, price_fen=item.price_fen,
        key=key_of(item.code, item.name), kind=match.kind, found=entry.code if entry else "",
        score=half_up(match.score, 4), conflicts=list(match.conflicts), wrong=match.wrong_code,
        candidates=[[e.code, e.name, str(half_up(score, 2))] for e, score in match.candidates],
        open=not match.settled,
    )  # fmt: skip
    if decided is not None:
        row.open = False
        if decided.kind == ItemDecision.Kind.NOT_ITEM:
            row.kind, row.found, row.wrong = "not_item", "", False
        else:
            row.found, row.wrong = decided.code, normal(decided.code) != normal(item.code)
    return row


@transaction.atomic
def decide(*, by: Membership, item: ListedItem, kind: str, code: str = "") -> ItemDecision:
    """Say what an item is: the entry found (confirm), another one (replace), or none of the catalogue.

    Remembered for the institution: the next list does not ask again. Raises ItemsRefused (unknown_code).
    """
    code = {"confirm": item.found, "not_item": ""}.get(kind, code.strip())
    if kind != ItemDecision.Kind.NOT_ITEM:
        living = CatalogueItem.objects.filter(catalogue=item.list.catalogue_id, code=code, retired=False)
        if not living.exists():
            raise ItemsRefused("unknown_code", code=code or "—")
    before = ItemDecision.objects.filter(institution=item.list.institution_id, key=item.key)
    version = (before.aggregate(last=Max("version"))["last"] or 0) + 1
    row = ItemDecision.objects.create(
        institution=item.list.institution, key=item.key, kind=kind, code=code, version=version, decided_by=by
    )
    journal.write(by=by, verb=f"item.{kind}", about=row, key=item.key, code=code)
    return row


@dataclass(frozen=True)
class Rate:
    """The error rate of one list: wrong codes by items, percent, two decimals; None without an item."""

    list: ItemList
    percent: Decimal | None


def rates(lists: Iterable[ItemList]) -> list[Rate]:
    """The error rate of each list (S1-12 names 3.2 %)."""
    return [Rate(one, percent(one.wrong, one.items)) for one in lists]


def queue(found: ItemList) -> QuerySet[ListedItem]:
    """The lines somebody has to look at that nobody has decided since: worst first by likeness."""
    since = ItemDecision.objects.filter(
        institution=found.institution_id, key=OuterRef("key"), decided_at__gte=found.entered_at
    )
    rows: QuerySet[ListedItem] = ListedItem.objects.filter(list=found, open=True)
    return rows.exclude(Exists(since)).order_by("-wrong", "-score", "line")
