"""The formats hospitals deliver in, behind one pair of functions: open a file, read on from a checkpoint.

Every reader yields the same rows (FrontPage, BadRow), in constant memory, and can stop and go on anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from grouping.readers import hqms, n041
from grouping.readers.assembling import SeenKeys
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.mapping import TableMap
from grouping.readers.messages import Names
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits
from grouping.readers.settlement import PLACES, SettlementReader, open_lists
from grouping.readers.tabular import TableReader, open_table

HQMS, N041, SETTLEMENT, MAPPED = "hqms", "n041", "settlement", "mapped"
TABULAR = (HQMS, N041, MAPPED)
FRONT_PAGE, SETTLEMENT_LIST = "front_page", "settlement_list"
DEFAULT_LIMITS = Limits()


class Reader(Protocol):
    """What every reader is: rows, and where it stands."""

    @property
    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on behind the last row."""

    def __iter__(self) -> Iterator[FrontPage | BadRow]: ...

    def __next__(self) -> FrontPage | BadRow: ...


@dataclass(frozen=True)
class Spec:
    """The settings of a source that its files are read by.

    edition: of its codes, never guessed per code (FORMAT 5.5). mapping: for MAPPED. organisations: what
    stands for an institution in the file -> organisation code. organisation: whose rows they are where none
    says so.
    """

    format: str = HQMS
    edition: Edition = "insurance"
    mapping: TableMap | None = None
    organisations: Mapping[str, str] = field(default_factory=dict)
    organisation: str = ""

    @property
    def document(self) -> str:
        """Which document of a stay its files hold."""
        return SETTLEMENT_LIST if self.format == SETTLEMENT else FRONT_PAGE


def open_file(file: BinaryIO, spec: Spec, limits: Limits = DEFAULT_LIMITS) -> Checkpoint:
    """Where the first row of a file begins. Raises FileRefused with the reason."""
    if spec.format == HQMS:
        return hqms.open_front_pages(file, limits)
    if spec.format == SETTLEMENT:
        return open_lists(file, limits)
    mapping = spec.mapping
    if mapping is None:
        return open_table(file, limits=limits)
    return open_table(file, delimiter=mapping.delimiter, header_line=mapping.header_line, limits=limits)


def read_on(
    file: BinaryIO,
    start: Checkpoint,
    spec: Spec,
    *,
    dictionary: Dictionary,
    seen: SeenKeys | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Reader:
    """The rows from a checkpoint on. Raises FileRefused for a header that the mapping does not fit."""
    if spec.format == HQMS:
        return hqms.read_from(
            file, start, dictionary=dictionary, edition=spec.edition, limits=limits, seen=seen
        )
    if spec.format == SETTLEMENT:
        return SettlementReader(
            file, start, dictionary=dictionary, edition=spec.edition, organisations=spec.organisations,
            organisation=spec.organisation, limits=limits, seen=seen,
        )  # fmt: skip
    return TableReader(
        file, start, _mapping(spec, start), dictionary=dictionary, edition=spec.edition,
        organisations=spec.organisations, organisation=spec.organisation, limits=limits, seen=seen,
    )  # fmt: skip


def _mapping(spec: Spec, start: Checkpoint) -> TableMap:
    return spec.mapping if spec.mapping is not None else n041.preset(start.header)


def names_of(spec: Spec, header: tuple[str, ...]) -> Names | None:
    """How the source calls things in the sentences about errors; None: as the standard does."""
    if spec.format == HQMS:
        return None
    if spec.format == SETTLEMENT:
        return Names(PLACES, lists=True)
    return Names((spec.mapping or n041.preset(header)).headings)
