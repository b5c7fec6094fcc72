"""How the surplus of a budget year is divided between members by a template, and an overspend borne. Pure.

Amounts in fen, percent as Decimal; the order of X7-A1: hand-back, template, members. Which templates hold is
the dated parameter `gb.surplus_split.order`. Sources: S1-53, S2-32, S2-41, S2-42, S3-41, S3-50; X7-A1..A4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from alliance.lib.money import Fen
from performance.engine.pay import surplus
from performance.engine.pay.entitled_parts import (
    Due,
    EntitledRefused,
    Field,
    Kind,
    Numbers,
    Part,
    Rows,
    Terms,
)
from performance.engine.pay.surplus import GROUPS, Group, Kept, Member, percent_of

SPLIT, FUND = "gb.surplus_split", "gb.collab_fund_from_surplus"
ORDER, BACK, BAND = f"{SPLIT}.order", "qe.surplus_handback", "qe.surplus_band"
FULL = Decimal(100)
# Which part of each template reaches the members' people.
REACHES = {"A": "member_performance", "B": "reward_staff", "C": "member_performance"}
Told = tuple[tuple[str, str, Any], ...]


@dataclass(frozen=True, slots=True)
class Division:
    """A surplus down to the parts of its template, each with its numbers put in; `ends`: the parts that are
    not divided further inside the alliance, by name.
    """

    kept: Kept
    first: str
    parts: tuple[Part, ...]
    ends: tuple[str, ...]

    def fen(self, name: str) -> Fen:
        """A part by name; 0 where the template has none."""
        return next((part.fen for part in self.parts if part.name == name), 0)


def order_of(terms: Terms) -> tuple[str, bool]:
    """The template that divides the surplus, and whether C divides between the groups of members.

    Raises EntitledRefused (templates).
    """
    first, *then = terms[ORDER]
    if first not in REACHES or then not in ([], ["C"]) or (first == "C" and then):
        raise EntitledRefused("templates", order=", ".join(terms[ORDER]))
    return first, first == "C" or then == ["C"]


def division(terms: Terms, head: Numbers) -> Division:
    """From the budget to the parts of the template. Raises EntitledRefused (templates, carry_out,
    fund_share).
    """
    first, _groups = order_of(terms)
    if not 0 <= head["carry_out_percent"] <= FULL:
        raise EntitledRefused("carry_out")
    back = surplus.handback(head["budget_fen"], head["actual_fen"], threshold=terms[BACK], band=terms[BAND])
    kept = surplus.kept(back, carry_in=head["carry_in_fen"], carry_out=head["carry_out_percent"])
    parts, ends = {"A": _a, "B": _b, "C": _c}[first](kept.distributed, terms)
    return Division(kept, first, tuple(parts), ends)


def _of(name: str, fen: Fen, above: str, above_fen: Fen, percent: Decimal) -> Part:
    return Part(name, fen, (("", f"{above}_fen", above_fen), ("×", "percent", percent)))


def _a(fen: Fen, terms: Terms) -> tuple[Sequence[Part], tuple[str, ...]]:
    """Members, collaboration fund, welfare of the staff (S2-41)."""
    shares = terms[f"{SPLIT}.A"]
    if shares["collaboration_fund"] != terms[FUND]:
        raise EntitledRefused("fund_share", template=shares["collaboration_fund"], fund=terms[FUND])
    named = {"member_performance": shares["members"], "collaboration_fund": shares["collaboration_fund"],
             "staff_welfare": shares["staff_welfare"]}  # fmt: skip
    found = surplus.divide(fen, named)
    parts = [_of(name, found[name], "distributed", fen, percent) for name, percent in named.items()]
    return parts, ("member_performance", "collaboration_fund", "staff_welfare")


def _b(fen: Fen, terms: Terms) -> tuple[Sequence[Part], tuple[str, ...]]:
    """A reward of the members, a part of it for the pay of their staff (S3-41); of what the alliance keeps,
    the collaboration fund has its percentage of the surplus (S2-32).
    """
    shares, fund = terms[f"{SPLIT}.B"], terms[f"{FUND}.alternative"]
    members, staff = shares["members"], shares["staff_pay_of_members"]
    found = surplus.reward_and_staff(fen, members=members, staff=staff)
    reward, retained = found["member_reward"], found["retained"]
    to_fund = min(retained, percent_of(fen, fund))
    parts = [
        _of("member_reward", reward, "distributed", fen, members),
        _of("reward_staff", found["reward_staff"], "member_reward", reward, staff),
        _of("reward_other", found["reward_other"], "member_reward", reward, FULL - staff),
        _of("alliance_part", retained, "distributed", fen, FULL - members),
        _of("collaboration_fund", to_fund, "distributed", fen, fund),
        Part("reserve", retained - to_fund,
             (("", "alliance_part_fen", retained), ("−", "collaboration_fund_fen", to_fund))),
    ]  # fmt: skip
    return parts, ("reward_staff", "reward_other", "collaboration_fund", "reserve")


def _c(fen: Fen, _terms: Terms) -> tuple[Sequence[Part], tuple[str, ...]]:
    """All of it to the members (S3-50)."""
    return [Part("member_performance", fen, (("", "distributed_fen", fen),))], ("member_performance",)


def _side(row: Numbers) -> Group:
    return "primary" if row["side"] else "tertiary"


def _members(rows: Rows) -> list[Member]:
    return [Member(code, _side(row), Decimal(row["contribution"])) for code, row in rows.items()]


def _sides(name: str, fen: Fen, terms: Terms, rows: Rows) -> list[Part]:
    """What each group of members has of a part by template C; none where contribution alone divides it."""
    if not order_of(terms)[1]:
        return []
    shares = terms[f"{SPLIT}.C"]
    found = surplus.between_groups(fen, _members(rows), shares)
    alone = len(found) == 1
    return [
        _of(f"side_{side}", found[side], name, fen, FULL if alone else shares[side])
        for side in GROUPS if side in found
    ]  # fmt: skip


def between(name: str, fen: Fen, terms: Terms, rows: Rows) -> Iterable[Due]:
    """A part between the members: template C between the groups, by contribution inside."""
    members, sides = _members(rows), {part.name: part.fen for part in _sides(name, fen, terms, rows)}
    found = surplus.by_group(fen, members, terms[f"{SPLIT}.C"]) if sides else surplus.by_weight(fen, members)
    whole: dict[str, Decimal] = defaultdict(Decimal)
    aboves = {code: f"side_{_side(row)}" if sides else name for code, row in rows.items()}
    for code, above in aboves.items():
        whole[above] += Decimal(rows[code]["contribution"])
    for code, above in aboves.items():
        weight = Decimal(rows[code]["contribution"])
        told: Told = (
            ("", f"{above}_fen", sides.get(above, fen)), ("×", "contribution", weight),
            ("÷", "weight_sum", whole[above]),
        )  # fmt: skip
        yield Due(code, (Part("member_part", found[code], told if weight else ()),))


def _surplus(terms: Terms, head: Numbers, rows: Rows) -> Iterable[Due]:
    """The members' part that reaches their people."""
    found = division(terms, head)
    if not found.kept.distributed:
        raise EntitledRefused("no_surplus")
    name = REACHES[found.first]
    return between(name, found.fen(name), terms, rows)


def _other(terms: Terms, head: Numbers, rows: Rows) -> Iterable[Due]:
    """The members' part that stays with their institutions (template B)."""
    return between("reward_other", division(terms, head).fen("reward_other"), terms, rows)


def _down(terms: Terms, head: Numbers, rows: Rows) -> Sequence[Part]:
    """Every step from the budget to the groups of members, and that it adds up."""
    found, budget = division(terms, head), head["budget_fen"]
    back, kept, carry = found.kept.back, found.kept, head["carry_in_fen"]
    steps = [Part("gross", back.gross, (("", "budget_fen", budget), ("−", "actual_fen", head["actual_fen"])))]
    if back.gross > 0:
        limit = percent_of(budget, terms[BACK])
        over: Told = (("", "gross_fen", back.gross), ("−", "keep_limit_fen", limit))
        steps += [
            _of("keep_limit", limit, "budget", budget, terms[BACK]),
            Part("handed_back", back.handed_back, over if back.handed_back else ()),
            Part("net", back.net,
                 (("", "gross_fen", back.gross), ("−", "handed_back_fen", back.handed_back))),
        ]  # fmt: skip
    steps += [
        Part("available", kept.available, (("", "net_fen", back.net), ("+", "carry_in_fen", carry))),
        _of("carried_out", kept.carried_out, "available", kept.available, head["carry_out_percent"]),
        Part("distributed", kept.distributed,
             (("", "available_fen", kept.available), ("−", "carried_out_fen", kept.carried_out))),
        *found.parts,
    ]  # fmt: skip
    for name in ("member_performance", "reward_staff", "reward_other"):
        if name in found.ends:
            steps += _sides(name, found.fen(name), terms, rows)
    ends: Told = tuple(("+", f"{name}_fen", found.fen(name)) for name in found.ends)
    told: Told = (
        ("", "handed_back_fen", back.handed_back), ("+", "carried_out_fen", kept.carried_out), *ends
    )  # fmt: skip
    return [*steps, Part("whole", sum(fen for _sign, _name, fen in told), told)]


def _fed(terms: Terms, head: Numbers) -> Mapping[str, Fen]:
    """What the sheet puts into accounts of their own, first what the lines divide; the members' other part
    has a sheet of its own.
    """
    found = division(terms, head)
    return {name: found.fen(name) for name in found.ends if name != "reward_other"}


def _fed_other(terms: Terms, head: Numbers) -> Mapping[str, Fen]:
    return {"reward_other": division(terms, head).fen("reward_other")}


def beside(kind: str, terms: Terms) -> str:
    """The kind of sheet that the same decision gives beside this one: template B parts what reaches the staff
    from what stays with the institutions; "" without.
    """
    return "surplus_other" if kind == "surplus" and order_of(terms)[0] == "B" else ""


CAUSES, STRICT = ("uncontrollable", "mismanagement"), "gb.overspend_strict"


def _borne(terms: Terms, head: Numbers) -> surplus.Overspend:
    return surplus.overspend(
        head["budget_fen"], head["actual_fen"], [(cause, head[f"{cause}_fen"]) for cause in CAUSES],
        shares={cause: terms[f"gb.overspend.{cause}"] for cause in CAUSES}, strict=terms[STRICT],
    )  # fmt: skip


def _overspend(terms: Terms, head: Numbers, rows: Rows) -> Iterable[Due]:
    """What each member bears of an overspend."""
    return between("alliance_bears", _borne(terms, head).alliance, terms, rows)


def _over(terms: Terms, head: Numbers, rows: Rows) -> Sequence[Part]:
    """From the overspend to the groups that bear it; patients bear nothing."""
    found = _borne(terms, head)
    over: Told = (("", "actual_fen", head["actual_fen"]), ("−", "budget_fen", head["budget_fen"]))
    shares = {cause: Decimal(0) if terms[STRICT] else terms[f"gb.overspend.{cause}"]["fund"]
              for cause in CAUSES}  # fmt: skip
    return [
        Part("overspend", found.overspend, over),
        *(_of(f"{cause}_borne", found.borne[cause], cause, head[f"{cause}_fen"], shares[cause])
          for cause in CAUSES),
        Part("alliance_bears", found.alliance,
             (("", "overspend_fen", found.overspend),
              *(("−", f"{cause}_borne_fen", found.borne[cause]) for cause in CAUSES))),
        Part("patients_bear", 0),
        *_sides("alliance_bears", found.alliance, terms, rows),
    ]  # fmt: skip


YEAR = (Field("budget_fen", "fen"), Field("actual_fen", "fen"))
SHARED = (*YEAR, Field("carry_in_fen", "fen"), Field("carry_out_percent", "percent"))
ROW = (Field("contribution", "number"),)
TEMPLATES = (ORDER, f"{SPLIT}.A", f"{SPLIT}.B", f"{SPLIT}.C", FUND, f"{FUND}.alternative", BACK, BAND)
DIVIDED: Mapping[str, Kind] = {
    "surplus": Kind(
        "institution", _surplus, TEMPLATES, head=SHARED, row=ROW, scores=("side",), above=_down, feeds=_fed
    ),
    "surplus_other": Kind(
        "institution", _other, TEMPLATES, head=SHARED, row=ROW, scores=("side",), above=_down,
        feeds=_fed_other,
    ),
    "overspend": Kind(
        "institution", _overspend,
        (ORDER, f"{SPLIT}.C", *(f"gb.overspend.{cause}" for cause in CAUSES), STRICT),
        head=(*YEAR, *(Field(f"{cause}_fen", "fen") for cause in CAUSES)), row=ROW, scores=("side",),
        above=_over,
    ),
}  # fmt: skip
