"""Pay of a month as rows of a bundle: its roster, and each pool down to the person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import F

from alliance.ledger.models import LedgerJournal
from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from performance.engine.pay import entitled, redlines
from performance.engine.pay.flow import Flow
from performance.engine.pay.named import PERSON
from performance.engine.pay.steps import PayRefused
from performance.entitlement.services import sheets
from performance.models import (
    EntitlementLine,
    PayLine,
    PayPool,
    PayPot,
    PayShare,
    PayTransfer,
)
from performance.pay.refusals import PoolRefused
from performance.pay.services import computing
from performance.roster import services as roster
from performance.services.exporting import books, taken
from performance.services.exporting.pseudonyms import Pseudonyms

Row = dict[str, Any]
PIECE = 2_000


@dataclass
class Reading:
    """The posted pools of a month with what they rest on, read set-based."""

    month: Month
    hidden: Pseudonyms
    pools: Sequence[PayPool]
    _ids: dict[int, str] = field(default_factory=dict)  # pots of the pool being read

    @cached_property
    def ground(self) -> computing.Ground | None:
        """Roster and scores as they are today; None where no pool of the month reads them."""
        if not any(pool.persons for pool in self.pools):
            return None
        try:
            return computing.ground(self.month)
        except PoolRefused:  # the roster has been taken away since
            return None

    def number_of(self, pool: PayPool) -> int:
        """How many corrections of the frozen roster a pool was computed with."""
        assert pool.approval is not None, "a posted pool was approved"
        return roster.number_at(self.month, pool.approval.proposed_at)

    def roster(self) -> Iterator[Row]:
        """Who worked where and how long; without a name, a number or a day of birth."""
        if self.ground is None:
            return
        for number in sorted({self.number_of(pool) for pool in self.pools if pool.persons}):
            yield from self._roster(number)

    def _roster(self, number: int) -> Iterator[Row]:
        """The lines as they were after so many corrections: those by which a pool was computed."""
        for row, post in computing.posts(self.month, number):
            paid = row.institution.parent if row.institution.parent_id else row.institution
            assert paid is not None
            yield {
                "institution": paid.code, "person": self.hidden.name("P", row.staff_id), "unit": post.unit,
                "group": post.group, "coefficient": post.coefficient, "share": row.share, "days": row.days,
                "leave": row.leave_days, "employed": Fraction(computing.employed(row, self.month)),
                "team": post.team, "at": number,
            }  # fmt: skip

    def rows(self, pool: PayPool) -> Iterator[Row]:
        """Everything of one pool: head, shares, steps, pots, lines, transfers, its journals."""
        shares = list(
            PayShare.objects.filter(pool=pool).select_related("institution").order_by("institution__code")
        )
        pots = list(PayPot.objects.filter(pool=pool).named())
        self._ids = {pot.pk: self.id_of(pot) for pot in pots}
        scores = self._scores(pots)
        yield {
            "row": "pool", "kind": pool.kind, "number": pool.number, "source": pool.source,
            "document": pool.document, "persons": pool.persons, "charges": sorted(pool.charges),
            "fund": pool.fund.code if pool.fund else "", "rule": pool.rule.digest if pool.rule else "",
            "fen": pool.fen, "within_total": pool.persons and pool.source in redlines.WITHIN_TOTAL,
            "roster": pool.persons and self._follows(pool, shares, pots, scores),
            "roster_at": self.number_of(pool), **taken.head(pool),
        }  # fmt: skip
        yield from self._entitled(pool)
        for share in shares:
            yield {"row": "share", "institution": share.institution.code, **_money(share)}
            for step in share.groups:
                yield {"row": "step", "institution": share.institution.code, **step}
        yield from ({"row": "score", "key": key, "score": score} for key, score in sorted(scores.items()))
        for pot in pots:
            yield self._pot(pot)
        yield from taken.rows(pool, self._ids)
        yield from self._lines(pool)
        yield from self._transfers(pool)
        of = {
            pool.journal_id: "pool",
            **{pot.journal_id: self._ids[pot.pk] for pot in pots if pot.journal_id},
        }
        yield from books.journals(LedgerJournal.objects.filter(pk__in=of).order_by("pk"), self.hidden, of)

    def _entitled(self, pool: PayPool) -> Iterator[Row]:
        """The sheet a pool pays: its rule with the parameters, what was given, what each line is due."""
        sheet = pool.entitlement
        if sheet is None:
            return
        head, lines = {"kind": sheet.kind, "terms": sheet.terms, "head": sheet.head}, sheets.lines(sheet)
        yield {
            "row": "sheet", **head, "fen": sheet.fen, "fed": entitled.feeds(head),
            "above": to_plain(entitled.above(head, [line.given for _paid, _key, line in lines])),
        }  # fmt: skip
        for paid, key, line in lines:
            yield {
                "row": "entitled", "institution": paid.code, "key": self._key(key, line), "given": line.given,
                "parts": line.parts, "fen": line.fen, "owed": line.owed_fen,
            }  # fmt: skip

    def _key(self, key: str, line: EntitlementLine) -> str:
        """Without a person's number."""
        return key if line.staff_id is None else f"{PERSON}{self.hidden.name('P', line.staff_id)}"

    def _scores(self, pots: Sequence[PayPot]) -> dict[str, Decimal]:
        """Scores of units as the pool took them; of units without a pot as they are."""
        found = dict(self.ground.scores) if self.ground else {}
        for pot in pots:
            taken = dict(pot.factors).get("score")
            found.pop(self._place(pot), None)
            if taken is not None:
                found[self._place(pot)] = Decimal(taken)
        return found

    def _follows(
        self, pool: PayPool, shares: Sequence[PayShare], pots: Sequence[PayPot], scores: dict[str, Decimal]
    ) -> bool:
        """True while the roster it was computed by gives the pots that were posted; people registered anew
        since (another kind, another team) prove nothing.
        """
        if self.ground is None or pool.rule is None:
            return False
        read = computing.scored(computing.ground(self.month, self.number_of(pool)), scores)
        rule, held = pool.rule.rule(), defaultdict(list)
        named = sheets.amounts(pool.entitlement) if pool.entitlement else {}
        for pot in pots:
            people = sorted((int(staff), Decimal(points)) for staff, points in pot.people)
            held[pot.institution_id].append((self._place(pot), pot.group, pot.whole_fen, people))
        try:
            return all(
                sorted(held[one.institution_id]) == _made(
                    read.named(
                        one.institution_id, one.institution.code, one.net_fen,
                        named.get(one.institution_id, computing.BY_RULE), rule,
                    ), read,
                )
                for one in shares if one.net_fen
            )  # fmt: skip
        except PayRefused:
            return False

    def id_of(self, pot: PayPot) -> str:
        """What names a pot within its pool."""
        return f"{self._place(pot)}/{pot.group}"

    def _place(self, pot: PayPot) -> str:
        return place_of(pot, self.ground)

    def _pot(self, pot: PayPot) -> Row:
        people = sorted((self.hidden.name("P", staff), points) for staff, points in pot.people)
        return {
            "row": "pot", "id": self._ids[pot.pk], "institution": pot.institution.code,
            "place": self._place(pot),
            "group": pot.group, "account": pot.account, "above_fen": pot.above_fen, **_money(pot),
            "people": people, "posted": pot.state == PayPot.State.POSTED, "state": pot.state,
            "plan": pot.plan.revision if pot.plan else 0,
            "agreed_on": pot.plan.agreed_on if pot.plan else None,
        }  # fmt: skip

    def _lines(self, pool: PayPool) -> Iterator[Row]:
        """The lines of each pot's plan that counts, in the order by which a last fen was decided."""
        rows = PayLine.objects.filter(pot__pool=pool, plan=F("pot__plan")).select_related("staff")
        for pot, inside in groupby(rows.order_by("pot", "pk").iterator(PIECE), lambda one: one.pot_id):
            ordered = sorted(inside, key=lambda one: f"{one.staff.code}/{one.staff_id}")
            for number, line in enumerate(ordered, start=1):
                yield {
                    "row": "line", "pot": self._ids[pot], "person": self.hidden.name("P", line.staff_id),
                    "order": number, "points": line.points, "fen": line.fen, "quota": line.quota,
                    "remainder_rank": line.remainder_rank, "got_extra_fen": line.got_extra_fen,
                }  # fmt: skip

    def _transfers(self, pool: PayPool) -> Iterator[Row]:
        rows = PayTransfer.objects.filter(pool=pool).select_related("payer", "payee").order_by("pk")
        for row in rows.iterator(PIECE):
            yield {
                "row": "transfer", "payer": row.payer.code, "payee": row.payee.code, "fen": row.fen,
                "base_fen": row.base_fen, "percent": row.percent, "evidence": row.evidence_kind,
                "record": self.hidden.name("R", row.evidence_id), "paid_fen": row.paid_fen,
            }  # fmt: skip


def place_of(pot: PayPot, read: computing.Ground | None) -> str:
    """The key of a department or team, as the engine has it: who works elsewhere counts there."""
    if pot.team is not None:
        return f"{computing.TEAM}{pot.institution.code}/{pot.team.code}"
    assert pot.department is not None
    own = f"{pot.department.institution.code}/{pot.department.code}"
    if read is None or own in read.people.units:
        return own
    return next((key for key, pk in read.people.units.items() if pk == pot.department_id), own)


def _made(found: Flow, read: computing.Ground) -> list[tuple[str, str, int, list[tuple[int, Decimal]]]]:
    """Pots of a flow as they can be compared with those kept."""
    return sorted(
        (
            pot.unit,
            pot.group,
            pot.fen,
            sorted((read.people.staff[person], points) for person, points in pot.points),
        )
        for pot in found.pots
    )


def _money(row: PayShare | PayPot) -> Row:
    return {
        "fen": row.fen, "taken_fen": row.taken_fen, "factors": row.factors, "weight_sum": row.weight_sum,
        "quota": row.quota, "remainder_rank": row.remainder_rank, "got_extra_fen": row.got_extra_fen,
    }  # fmt: skip
