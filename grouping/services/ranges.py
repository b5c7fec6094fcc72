"""A file in ranges of rows: where they lie, who works at which, and what one range brings into staging."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import BinaryIO

from django.db.models import F

from grouping.models import CaseFile, FileRange
from grouping.readers.bulk.blocks import cut
from grouping.readers.bulk.reader import BulkReader
from grouping.readers.bulk.single import House
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.formats import Spec
from grouping.readers.hqms import open_front_pages
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits, Position
from grouping.services import schemes
from grouping.services.staging import Stager


def limits_of(file: CaseFile) -> Limits:
    """The bounds a file is read by: nothing in it lies after its day of delivery."""
    return Limits(last_day=file.delivered_on)


def lay(file: CaseFile, plain: BinaryIO, rows: int) -> Checkpoint:
    """Read the whole file once: its encoding, its header, and where ranges of so many rows lie.

    Raises FileRefused.
    """
    limits = limits_of(file)
    start = open_front_pages(plain, limits)
    marks = cut(plain, start, limits, rows)
    FileRange.objects.bulk_create(
        FileRange(file=file, number=number, offset=begin.offset, line=begin.line, until=end.offset)
        for number, (begin, end) in enumerate(pairwise(marks))
    )
    CaseFile.objects.filter(pk=file.pk).update(encoding=start.encoding)
    return start


def claim(file: CaseFile, *, wait: bool) -> FileRange | None:
    """The first range that is not done and nobody works at, locked until the transaction ends.

    With `wait`, when all the rest is being worked at: the first of them once its worker is done, if that
    worker failed. A worker that dies lets go of its range at once.
    """
    open_ones = FileRange.objects.filter(file=file, done=False).order_by("number")
    free = open_ones.select_for_update(skip_locked=True).first()
    if free is None and wait:
        free = open_ones.select_for_update().first()
    return free


def take(file: CaseFile, plain: BinaryIO, spec: Spec, start: Checkpoint, found: FileRange) -> None:
    """Check the rows of a claimed range and store what they are. Raises FileRefused."""
    stager = Stager(file)
    reader = _reader(file, spec, start, stager.house)
    read, bad = stager.take(reader.read(plain, _begin(start, found), found.until))
    FileRange.objects.filter(pk=found.pk).update(done=True)
    CaseFile.objects.filter(pk=file.pk).update(rows_read=F("rows_read") + read, rows_bad=F("rows_bad") + bad)


def explain(
    file: CaseFile,
    plain: BinaryIO,
    spec: Spec,
    start: Checkpoint,
    found: FileRange,
    lines: Container[int],
) -> Iterator[FrontPage | BadRow]:
    """The rows of a range that begin at certain lines, as the reader that goes cell by cell sees them."""
    return _reader(file, spec, start, House()).explain(plain, _begin(start, found), found.until, lines)


def _begin(start: Checkpoint, found: FileRange) -> Checkpoint:
    return Checkpoint(start.encoding, start.header, Position(found.offset, found.line))


class _Same:
    """A dictionary of codes, equal only to itself: the same scheme gives the same one."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary

    def __hash__(self) -> int:
        return id(self.dictionary)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.dictionary is self.dictionary


def _reader(file: CaseFile, spec: Spec, start: Checkpoint, house: House) -> BulkReader:
    assert file.job is not None
    dictionary = schemes.dictionary(schemes.in_force(file.job.created_at.date()))
    lengths = tuple(sorted(house.longest.items()))
    known, limits = _Same(dictionary), limits_of(file)
    return _kept_reader(
        known, start.encoding, start.header, spec.edition, house.organisations, lengths, limits
    )


@lru_cache(maxsize=2)
def _kept_reader(
    known: _Same,
    encoding: str,
    header: tuple[str, ...],
    edition: Edition,
    organisations: frozenset[str] | None,
    longest: tuple[tuple[str, int], ...],
    limits: Limits,
) -> BulkReader:
    """What a reader learned about the cells of a file serves its next range, too."""
    start = Checkpoint(encoding, header, Position(0, 1))
    house = House(organisations, dict(longest))
    return BulkReader(start, dictionary=known.dictionary, edition=edition, limits=limits, house=house)
