"""The books of a bundle, summed again: every journal zero, every account its balance. Pure (walls.md 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alliance.lib.canonical import digest
from performance.bundle.differing import Entry, differences, entries, known
from performance.bundle.told import Told

ACCOUNTS = "ledger/accounts.jsonl"
MONTH, FED = "performance.month", "pay.fed"  # kinds of journals
# What a deed of the journal says of a journal of the books, and what only a digest says.
HEAD = (
    "kind", "entries_count", "debit_fen", "posted_by", "confirmed_by", "posted_at", "period", "reverses",
    "body_digest",
)  # fmt: skip
OF_PLACE = ("institution", "paid", "clearing")  # their code is that of the institution
# Of these the code says what they are for: an institution or one of its departments owes, the insurer pays.
OWES = {"deducted": ("institution",), "rejected": ("institution", "department"), "insurance": ("clearing",)}
Rows = Iterable[tuple[str, dict[str, Any]]]


class Books:
    """What all journals of the bundle come to, account by account."""

    def __init__(self) -> None:
        self.fen: dict[str, int] = defaultdict(int)
        self._mirrors: dict[str, str] = {}
        self.heads: list[tuple[str, dict[str, Any]]] = []  # of every journal, with its path
        self.posted: dict[str, str] = {}  # the code version of the journals that posted the month, by path

    def journal(self, row: Mapping[str, Any], path: str) -> Iterator[str]:
        """One journal: sum zero, counts right, two people, no empty entry; a reversal is the mirror."""
        moved = [(entry["account"], entry["fen"]) for entry in row["entries"]]
        self.heads.append((path, {name: row[name] for name in HEAD}))
        yield from known(row, ("journal",), path)
        for account, fen in moved:
            self.fen[account] += fen
        yield from differences(sum(fen for _account, fen in moved), 0, f"{path}.sum")
        yield from differences(row["entries_count"], len(moved), f"{path}.entries_count")
        debit = sum(fen for _account, fen in moved if fen > 0)
        yield from differences(row["debit_fen"], debit, f"{path}.debit_fen")
        if row["posted_by"] == row["confirmed_by"]:
            yield Told("one_posted", path=f"{path}.confirmed_by")
        if any(fen == 0 for _account, fen in moved):
            yield Told("zero", path=f"{path}.entries")
        self._mirrors[row["id"]] = digest(sorted([account, -fen] for account, fen in moved))
        if row["reverses"] in self._mirrors:
            mirrored = digest(sorted([account, fen] for account, fen in moved))
            yield from differences(mirrored, self._mirrors[row["reverses"]], f"{path}.reverses")

    def balances(self, rows: Rows) -> Iterator[str]:
        """Every account's sum over the bundle, and zero over all."""
        seen, whole = set(), 0
        for path, row in rows:
            seen.add(row["account"])
            yield from _account(row, path)
            whole += row["fen"]
            yield from differences(row["fen"], self.fen.get(row["account"], 0), f"{path}.fen")
        for account in sorted(set(self.fen) - seen):
            yield Told("no_account", path=ACCOUNTS, account=account, found=self.fen[account])
        yield from differences(whole, 0, Told("accounts", path=ACCOUNTS))


def journals(
    rows: Rows, result: Mapping[str, Any], funds: Iterable[Mapping[str, Any]], summed: Books
) -> Iterator[str]:
    """Journals that belong to no pool: the month's shares, what fed source accounts, corrections."""
    fed: dict[str, int] = defaultdict(int)
    for path, row in rows:
        yield from summed.journal(row, path)
        if row["kind"] == MONTH and row["reverses"] is None:
            summed.posted[path] = row["code_version"]
            rule = f"{result['scheme']} {result['scheme_version']}"
            yield from differences(row["inputs_digest"], result["inputs_digest"], f"{path}.inputs_digest")
            yield from differences(row["rule_version"], rule, f"{path}.rule_version")
            yield from entries(row["entries"], shares_of(result, row), path)
        for entry in row["entries"] if row["kind"] == FED else ():
            fed[entry["account"]] += entry["fen"]
    for place, fund in enumerate(funds):
        decided = sum(one["fen"] for one in fund["fed"])
        for number, one in enumerate(fund["fed"]):
            found = f"rules.json.funds[{place}].fed[{number}].day"
            yield from differences(one["day"][:7], result["month"], found)
        yield from differences(decided, fed[fund["account"]], f"rules.json.funds[{place}].fed")


def _account(row: Mapping[str, Any], path: str) -> Iterator[str]:
    """An account is of the kind its code begins with, and of the place it names."""
    kind, place, *_rest = row["account"].split(":")
    if row["kind"] not in OWES.get(kind, ()):
        yield from differences(row["kind"], kind, f"{path}.kind")
    if kind in (*OF_PLACE, *OWES):
        yield from differences(row["institution"], place, f"{path}.institution")


def shares_of(result: Mapping[str, Any], row: Mapping[str, Any]) -> list[Entry]:
    """The pool gives, each institution with a share receives."""
    source = next(
        (one["account"] for one in row["entries"] if one["account"].startswith("source:")), "source:"
    )
    found = [(f"institution:{line['institution']}", line["fen"]) for line in result["lines"] if line["fen"]]
    return [(source, -result["pool_fen"]), *found]
