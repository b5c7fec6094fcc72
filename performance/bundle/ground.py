"""What every pool of a month rests on: result, rules and parameters, roster, approved totals. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.canonical import digest
from alliance.lib.money import yuan
from alliance.lib.register import load_register, parse_value
from performance.bundle.differing import differences, same
from performance.bundle.told import Told
from performance.bundle.transfers import Transfers
from performance.engine.pay import redlines, uplift
from performance.engine.pay.flow import FlowRule, Post, time_worked
from performance.engine.pay.redlines import RedLine, Year
from performance.engine.pay.uplift import UpliftRefused
from performance.engine.restore import restore

TEAM_MIN = "fd.team_share_min"
Rows = Iterable[tuple[str, dict[str, Any]]]
Crew = Mapping[tuple[int, str], Sequence[Post]]  # number of corrections the roster had, institution paid


def crew(rows: Rows) -> Crew:
    """The roster's lines; the time worked is computed again."""
    found: dict[tuple[int, str], list[Post]] = defaultdict(list)
    for _path, row in rows:
        time = time_worked(
            Decimal(row["share"]),
            Decimal(row["days"]),
            Decimal(row["leave"]),
            employed=Fraction(row["employed"]),
        )
        found[row["at"], row["institution"]].append(
            Post(row["person"], row["unit"], row["group"], Decimal(row["coefficient"]), time, row["team"])
        )
    return found


class Ground:
    """What every pool of the month rests on: the result, rules and parameters, the roster."""

    def __init__(self, result: Mapping[str, Any], rules: Mapping[str, Any], posts: Crew):
        self.lines = {line["institution"]: line for line in result["lines"]}
        self.weight, self.posts = result["weight"], posts
        self.pools: list[tuple[str, Mapping[str, Any]]] = []
        self.transfers = Transfers()
        self.plans: list[tuple[str, int]] = []
        self.rules = {one["digest"]: one for one in rules["pay_rules"]}
        self.funds = {one["code"]: one["source"] for one in rules["funds"]}
        self._rules, self._paid = rules, defaultdict[str, int](int)
        value = next(
            one["value"] for one in rules["parameters"] if one["key"] == TEAM_MIN and not one["level"]
        )
        self.least_team = Decimal(str(parse_value(load_register()[TEAM_MIN].shape, value, key=TEAM_MIN)))

    def rule(self, name: str) -> FlowRule:
        """A rule of flow by its digest."""
        return restore(FlowRule, self.rules[name]["body"])

    def versions(self) -> Iterator[str]:
        """Every rule of flow is the one its digest names."""
        for place, one in enumerate(self._rules["pay_rules"]):
            path = f"rules.json.pay_rules[{place}].digest"
            yield from differences(one["digest"], digest(one["body"]), path)

    def paid(self, institution: str, fen: int) -> None:
        """Count what the month pays within an institution's approved total."""
        self._paid[institution] += fen

    def totals(self) -> Iterator[str]:
        """Paid this year + this month stays within each approved total (practice.md 6, N50)."""
        for place, row in enumerate(self._rules["totals"]):
            path = f"rules.json.totals[{place}]"
            now = self._paid.pop(row["institution"], 0)
            yield from differences(row["month_fen"], now, f"{path}.month_fen")
            if sheet := row.get("uplift"):
                yield from _risen(row, sheet, path)
            try:
                year = Year(row["institution"], row["year"], row["approved_fen"], row["paid_fen"], now)
                redlines.within_total("pay_total", [year])
            except RedLine as line:
                yield Told("error", path=path, error=line)
        for institution, fen in sorted(self._paid.items()):
            if fen:
                yield Told("no_total", path="rules.json.totals", place=institution, yuan=yuan(fen))


def _risen(row: Mapping[str, Any], sheet: Mapping[str, Any], path: str) -> Iterator[str]:
    """A total that rose with the linked indicators, worked out again from its base (S3-38)."""
    try:
        found = uplift.again(row["institution"], row["year"], sheet)
    except UpliftRefused as refused:
        yield Told("error", path=f"{path}.uplift", error=refused)
        return
    yield from same(row["approved_fen"], sheet["base_fen"] + found.fen, f"{path}.approved_fen")
