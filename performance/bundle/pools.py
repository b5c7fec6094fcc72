"""A pool of pay divided again: source, institutions, groups, departments and teams, persons. Pure.

The same engine as in the system (performance.engine.pay): what differs by a fen is named with its path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from alliance.lib.canonical import to_plain
from performance.bundle import shares, taken
from performance.bundle.books import Books
from performance.bundle.deeds import day_of
from performance.bundle.differing import Entry, differences, entries, known, same
from performance.bundle.ground import Ground, Rows
from performance.bundle.payments import Payments
from performance.bundle.told import Told
from performance.engine.exact import half_up
from performance.engine.pay import redlines
from performance.engine.pay.entitled import above, again, feeds
from performance.engine.pay.entitled_parts import EntitledRefused
from performance.engine.pay.flow import FlowRule, Post, flow, persons
from performance.engine.pay.named import flow_named
from performance.engine.pay.redlines import RedLine, Terms
from performance.engine.pay.steps import divide
from performance.engine.pay.surplus import SurplusRefused

ROWS = frozenset(
    {"pool", "share", "step", "score", "pot", "taken", "line", "sheet", "entitled", "transfer", "journal"}
)


class Pool:
    """One member `pay/…`: read row by row, then divided again as a whole."""

    def __init__(self, name: str, ground: Ground) -> None:
        self.name, self.ground, self.lines, self.unproved = name, ground, 0, False
        self._rows: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        # Fen of a sheet by institution and team or department ("": the institution itself).
        self._named: dict[str, dict[str, int]] = defaultdict(dict)

    def check(self, rows: Rows, summed: Books, paid: Payments) -> Iterator[str]:
        """Every difference of the pool; its journals are added to the sums."""
        for path, row in rows:
            yield from known(row, ROWS, path)
            self._rows[row["row"]].append((path, row))
        ((path, head),) = self._rows["pool"]
        yield from differences(
            f"pay/{head['kind']}-{head['number']}.jsonl", self.name, f"{path}.kind, number"
        )
        self.ground.pools.append((path, head))
        yield from self._red_lines(path, head)
        if head["source"] == "between":
            yield from self._transfers(path, head)
        else:
            yield from self._shares(path, head)
            given, pots, less = (self._rows[one] for one in ("share", "pot", "taken"))
            yield from taken.check(head, given, pots, less, self.name)
            yield from self._pots(head)
            yield from self._people()
        for _path, row in self._rows["line"]:
            yield from paid.line(self.name, row)
        yield from self._books(head, summed)

    def _red_lines(self, path: str, head: Mapping[str, Any]) -> Iterator[str]:
        try:
            terms = Terms(head["source"], head["document"], head["persons"], frozenset(head["charges"]))
            redlines.check(terms)
        except RedLine as line:
            yield Told("error", path=path, error=line)
        if head["fund"] and self.ground.funds.get(head["fund"]) != head["source"]:
            yield Told("account", path=f"{path}.source", found=self.ground.funds.get(head["fund"]))

    def _transfers(self, path: str, head: Mapping[str, Any]) -> Iterator[str]:
        """All of them are the pool; each is checked beside those of the month's other pools."""
        for place, row in self._rows["transfer"]:
            self.ground.transfers.take(head, place, row)
        whole = sum(row["fen"] for _place, row in self._rows["transfer"])
        yield from differences(head["fen"], whole, f"{path}.fen")

    def _shares(self, path: str, head: Mapping[str, Any]) -> Iterator[str]:
        """A bonus pool takes the month's shares as they are; any other is divided by score x base."""
        rows = self._rows["share"]
        yield from differences(head["fen"], sum(row["fen"] for _place, row in rows), f"{path}.fen")
        yield from self._entitled(path, head)
        for place, row in rows:
            named = self._named.get(row["institution"])
            line = self.ground.lines[row["institution"]] if named is None else {}
            factors = (
                [["score", Decimal(line["score"] or 0)], ["basis_fen", Decimal(line["basis_fen"])]]
                if named is None else [["entitled_fen", Decimal(sum(named.values()))]]
            )  # fmt: skip
            stored = [[name, Decimal(value)] for name, value in row["factors"]]
            yield from same(to_plain(stored), factors, f"{place}.factors") if stored != factors else ()
            if head["within_total"]:
                self.ground.paid(row["institution"], row["fen"])
            if head["kind"] == "bonus":
                for key in ("fen", "quota", "remainder_rank", "got_extra_fen"):
                    yield from shares.number(row[key], line[key], f"{place}.{key}")
        if head["kind"] != "bonus":
            weights = {row["institution"]: shares.factors(row) for _place, row in rows}
            yield from shares.step(divide("institution", self.name, head["fen"], weights), rows)

    def _entitled(self, path: str, head: Mapping[str, Any]) -> Iterator[str]:
        """The sheet a pool pays, worked out again from its parameters and what was given."""
        for place, sheet in self._rows["sheet"]:
            rows = self._rows["entitled"]
            yield from differences(head["fen"], sheet["fen"], f"{path}.fen")
            yield from differences(sheet["fen"], sum(row["fen"] for _p, row in rows), f"{place}.fen")
            try:
                given = [row["given"] for _p, row in rows]
                found = again(sheet, given)
                # Bundles from before sheets had steps above their lines hold none.
                yield from same(sheet.get("above", []), to_plain(above(sheet, given)), f"{place}.above")
                yield from same(sheet.get("fed", {}), dict(feeds(sheet)), f"{place}.fed")
            except (EntitledRefused, SurplusRefused) as refused:
                yield Told("error", path=place, error=refused)
                continue
            for (at, row), one in zip(rows, found, strict=True):
                yield from same(row["fen"], one.fen, f"{at}.fen")
                yield from same(row["parts"], to_plain(one.parts), f"{at}.parts")
                # Bundles from before say of no line what is owed after it.
                yield from same(row.get("owed", one.owed), one.owed, f"{at}.owed")
                if one.fen:
                    self._named[row["institution"]][row["key"]] = one.fen

    def _pots(self, head: Mapping[str, Any]) -> Iterator[str]:
        """From the roster down to every pot, where the roster is the one the pool was posted by."""
        pots = defaultdict(list)
        for place, row in self._rows["pot"]:
            pots[row["institution"]].append((place, row))
        for place, share in self._rows["share"]:
            fen = sum(taken.whole(row)["fen"] for _place, row in pots[share["institution"]])
            wanted = taken.net(share) if head["persons"] else 0
            yield from differences(fen, wanted, Told("pots", path=place))
        if not head["persons"]:
            return
        if not head["roster"]:
            self.unproved = True
            return
        rule = self.ground.rule(head["rule"])
        scores = {row["key"]: Decimal(row["score"]) for _place, row in self._rows["score"]}
        for _place, share in self._rows["share"]:
            if taken.net(share):
                posts = self.ground.posts.get((head["roster_at"], share["institution"]), ())
                yield from self._flow(share, pots[share["institution"]], rule, scores, posts)

    def _flow(
        self, share: Mapping[str, Any], pots: Sequence[tuple[str, Any]], rule: FlowRule,
        scores: Mapping[str, Decimal], posts: Sequence[Post],
    ) -> Iterator[str]:  # fmt: skip
        code = share["institution"]
        named = self._named.get(code, {"": 0})
        found = (
            flow(code, taken.net(share), posts, rule, scores=scores, least_team=self.ground.least_team)
            if "" in named else flow_named(code, named, posts, rule)
        )  # fmt: skip
        above = [step for step in found.steps if ":" not in step.level]
        stored = [(path, row) for path, row in self._rows["step"] if row["institution"] == code]
        yield from differences(
            [row["level"] for _p, row in stored], [step.level for step in above], Told("steps", path=code)
        )
        for (path, row), step in zip(stored, above, strict=False):
            yield from same(row["fen"], step.fen, f"{path}.fen")
            for place, (held, part) in enumerate(zip(row["shares"], step.shares, strict=False)):
                yield from shares.part(part, held, f"{path}.shares[{place}]")
        want = {(pot.group, pot.unit): pot for pot in found.pots}
        have = {(row["group"], row["place"]): (path, row) for path, row in pots}
        for key in sorted({*want, *have}):
            if key not in have or key not in want:
                reason = "pot_missing" if key in want else "pot_strange"
                yield Told(reason, path=self.name, key=key)
                continue
            path, row = have[key]
            step = next(one for one in found.steps if one.level.partition(":")[2] == row["group"])
            part = next(one for one in step.shares if one.code == row["place"])
            yield from shares.part(part, taken.whole(row), path)
            yield from same(row["above_fen"], step.fen, f"{path}.above_fen")
            yield from shares.number(
                row["weight_sum"], str(half_up(step.weight, shares.PLACES)), f"{path}.weight_sum"
            )
            people = {person: str(points) for person, points in want[key].points}
            yield from differences(dict(row["people"]), people, f"{path}.people")

    def _people(self) -> Iterator[str]:
        """Every plan's lines from its points, and they are the pot to the fen."""
        lines = defaultdict(list)
        for place, row in self._rows["line"]:
            lines[row["pot"]].append((place, row))
        self.lines = len(self._rows["line"])
        for path, pot in self._rows["pot"]:
            inside = lines.pop(pot["id"], [])
            if not inside:
                continue
            yield from differences(
                sum(row["fen"] for _p, row in inside), pot["fen"], Told("lines", path=path)
            )
            named = sorted(row["person"] for _p, row in inside)
            yield from differences(
                named, sorted(person for person, _points in pot["people"]), f"{path}.people"
            )
            points = {f"{row['order']:06d}": Decimal(row["points"]) for _place, row in inside}
            step = persons(pot["id"], pot["fen"], points)
            parts = {share.code: share for share in step.shares}
            for place, row in inside:
                part = parts[f"{row['order']:06d}"]
                for key in ("fen", "quota", "remainder_rank", "got_extra_fen"):
                    yield from shares.number(row[key], getattr(part, key), f"{place}.{key}")
        for pot_id in lines:
            yield Told("no_pot", path=self.name, key=pot_id)

    def _books(self, head: Mapping[str, Any], summed: Books) -> Iterator[str]:
        """What was posted follows from the figures, entry by entry."""
        pots = {row["id"]: row for _path, row in self._rows["pot"]}
        waiting = {"pool": self._of_pool(head)}
        for path, pot in self._rows["pot"]:
            self.ground.plans.append((path, pot["plan"]))
            yield from differences(pot["posted"], pot["state"] == "posted", f"{path}.posted")
            yield from differences(pot["agreed_on"] is not None, bool(pot["plan"]), f"{path}.agreed_on")
        for key, pot in pots.items():
            if pot["posted"]:
                paid = [(row["person"], row["fen"]) for _p, row in self._rows["line"] if row["pot"] == key]
                waiting[key] = [(pot["account"], -pot["fen"]), *((f"person:{who}", fen) for who, fen in paid)]
        for path, row in self._rows["journal"]:
            yield from summed.journal(row, path)
            if row["reverses"] is None and row["of"] in waiting:
                yield from entries(row["entries"], waiting.pop(row["of"]), path)
                agreed = pots.get(row["of"], {}).get("agreed_on")
                if agreed and agreed > day_of(row["posted_at"]):
                    yield Told("agreed_late", path=path, agreed=agreed, posted=day_of(row["posted_at"]))
        for key in waiting:
            yield Told("no_journal", path=self.name, key=key)

    def _of_pool(self, head: Mapping[str, Any]) -> list[Entry]:
        found: list[Entry] = []
        for _path, row in self._rows["transfer"]:
            found += [(f"clearing:{row['payer']}", -row["fen"]), (f"clearing:{row['payee']}", row["fen"])]
        for _path, row in self._rows["share"]:
            place = f"institution:{row['institution']}"
            found += [(f"fund:{head['fund']}", -row["fen"]), (place, row["fen"])] if head["fund"] else []
            found += [(place, -row["fen"])] if head["persons"] else []
        found += taken.entries(self._rows["taken"])
        return found + [(row["account"], row["fen"]) for _path, row in self._rows["pot"]]
