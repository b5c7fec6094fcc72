"""The rules by which teams, departments, institutions and persons are due money beside the score. Pure.

Amounts in fen, percentages and scores as Decimal; every part is rounded once half-up, a division follows
largest remainder. Sources: S0-51..55, S0-69, S0-71, S0-74, S0-76, S0-77, S1-63, S2-34, S3-54; X6-2..4, X6-13;
X7-A12, A13, A17.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from alliance.lib.money import Fen, yuan
from performance.engine.consequences import StepRule
from performance.engine.exact import half_up
from performance.engine.pay.divided import DIVIDED
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
from performance.engine.pay.steps import divide
from performance.engine.pay.surplus import package, per_head, percent_of, team_reward

FULL = Decimal(100)
PARTS = ("base", "process", "outcome", "drg")
# Fen a team still owes of earlier sheets. Taken of what comes beside its pay, never of the four parts: their
# base keeps the minimum wage (S0-52).
OWED = "owed_before_fen"
YEAR = 12  # months, of prices that are said for a year


def _share(fen: Fen, *percents: Decimal) -> Fen:
    """Percent of percent of an amount, rounded once."""
    exact = Fraction(fen)
    for percent in percents:
        exact = exact * Fraction(percent) / 100
    return int(half_up(exact, 0))


def composition(terms: Terms) -> Mapping[str, Decimal]:
    """The shares of the four parts: inside their ranges, and 100 together (S0-51, X7-A12)."""
    shares: Mapping[str, Decimal] = terms["fd.pay.composition"]
    for name in PARTS:
        span = terms[f"fd.pay.ranges.{name}"]
        if not span["min"] <= shares[name] <= span["max"]:
            raise EntitledRefused("range", part=name, share=shares[name], least=span["min"], most=span["max"])
    if (whole := sum(shares.values(), Decimal(0))) != FULL:
        raise EntitledRefused("composition", sum=whole)
    return shares


def _four_parts(terms: Terms, _head: Numbers, rows: Rows) -> Iterable[Due]:
    """Base without a score, the others by theirs; the base never below the minimum wage (S0-51, S0-52)."""
    shares, wage = composition(terms), terms["fd.minimum_wage"]
    for code, row in rows.items():
        pay, posts = row["pay_fen"], row["posts"]
        if posts <= 0:
            raise EntitledRefused("posts", subject=code)
        parts = []
        for name in PARTS:
            told: list[tuple[str, str, Any]] = [("", "pay_fen", pay), ("×", f"share_{name}", shares[name])]
            percents = [shares[name]]
            if name != "base":
                percents.append(row[name])
                told.append(("×", f"score_{name}", row[name]))
            parts.append(Part(name, _share(pay, *percents), tuple(told)))
        base = Fraction(parts[0].fen) / Fraction(posts)
        floor = (("≥", "post_base_fen", int(base)), ("≥", "posts", posts), ("≥", "wage_fen", wage))
        parts[0] = Part("base", parts[0].fen, (*parts[0].told, *floor))
        if base < wage:
            said = {"base": yuan(int(base)), "wage": yuan(wage)}
            raise EntitledRefused("floor", subject=code, **said)
        yield Due(code, tuple(parts))


def _steps(terms: Terms, _head: Numbers, rows: Rows) -> Iterable[Due]:
    """What follow-up, control and cost gained against last year, each by its step (S0-53..55, X7-A13)."""
    mode: Literal["step", "linear"] = "step" if terms["fd.step.whole"] else "linear"
    most = terms["fd.pay.ranges.drg"]["max"]
    follow_up, control, cost = (terms[f"fd.step.{name}"] for name in ("followup", "control", "cost"))
    rules = {
        "follow_up": StepRule(follow_up["rise"], follow_up["pay"], mode),
        "control": StepRule(control["rise"], control["pay"], mode),
        "cost": StepRule(cost["fall"], cost["pay"], mode, fall=True, cap=most),
    }
    for code, row in rows.items():
        if row["cost_last_fen"] <= 0:
            raise EntitledRefused("last", subject=code)
        parts = []
        for name, rule in rules.items():
            unit = "_fen" if name == "cost" else ""
            now, last = Decimal(row[f"{name}_now{unit}"]), Decimal(row[f"{name}_last{unit}"])
            percent, fen = rule.percent(now, last), rule.fen(now, last, row["pay_fen"])
            told = (
                ("", "pay_fen", row["pay_fen"]), ("×", "step_percent", half_up(percent or Fraction(0), 4)),
                ("|", f"{name}_last{unit}", last), ("→", f"{name}_now{unit}", now),
            )  # fmt: skip
            parts.append(Part(f"step_{name}", fen or 0, told))
        yield Due(code, tuple(parts))


def _heads(terms: Terms, head: Numbers, rows: Rows) -> Iterable[Due]:
    """A subsidy a contracted head: a fixed part, and one that follows the results by groups (S0-71)."""
    price, linked, months = terms["fd.subsidy.per_head"], terms["fd.subsidy.linked"], int(head["months"])
    for code, row in rows.items():
        heads, score = int(row["heads"]), Decimal(row["drg"])
        made = per_head(heads, price, linked=linked, factor=score / 100, months=months)
        common = (
            ("", "heads", heads), ("×", "head_price_fen", price), ("×", "months", months),
            ("÷", "year", YEAR),
        )  # fmt: skip
        yield Due(code, (
            Part("head_fixed", made.fixed, (*common, ("×", "fixed_percent", FULL - linked))),
            Part("head_linked", made.linked_paid,
                 (*common, ("×", "linked_percent", linked), ("×", "score_drg", score))),
        ))  # fmt: skip


FLOOR = "fd.package.floor_at_zero"
TIERS = ("low", "mid", "high")


def _packages(terms: Terms, _head: Numbers, rows: Rows) -> Iterable[Due]:
    """Health-management packages: what was to be paid ahead, a saving rewarded or an overspend deducted, less
    what was paid ahead already (S0-69, S0-76, S0-77). A settlement below zero counts as zero where the dated
    parameter says so.
    """
    prices, gain, loss = terms["fd.package.price"], terms["fd.package.saving"], terms["fd.package.overspend"]
    floor = terms.get(FLOOR, False)  # sheets from before it was a parameter had none
    for code, row in rows.items():
        tiers = [(prices[name], int(row[f"months_{name}"])) for name in TIERS]
        made = package(tiers, row["saving_fen"], reward=gain, deduction=loss, floor=floor)
        parts = [
            Part(f"package_{name}", _ahead(price, months), (
                ("", f"months_{name}", months), ("×", "package_price_fen", price), ("÷", "year", YEAR)))
            for name, (price, months) in zip(TIERS, tiers, strict=True) if months
        ]  # fmt: skip
        if made.reward or made.deduction:
            told = (("", "saving_fen", row["saving_fen"]), ("×", "percent", gain if made.reward else loss))
            parts.append(Part("package_result", made.reward - made.deduction, told))
        if below := made.settlement - (made.prepay + made.reward - made.deduction):
            parts.append(Part("package_floor", below, ()))
        if row["prepaid_fen"]:
            parts.append(Part("prepaid", -row["prepaid_fen"], (("−", "prepaid_fen", row["prepaid_fen"]),)))
        yield Due(code, tuple(parts))


def _ahead(price: Fen, months: int) -> Fen:
    """What is paid ahead for person-months at a price of a year."""
    return package([(price, months)], 0, reward=FULL, deduction=FULL, floor=False).prepay


def _retained(terms: Terms, head: Numbers, rows: Rows) -> Iterable[Due]:
    """A part of the increase of the retained surplus, between the teams by contracted heads (S0-74, X6-4)."""
    percent = terms["fd.surplus_to_team"]
    increase, reward = team_reward(head["this_year_fen"], head["last_year_fen"], percent) or (0, 0)
    if not increase:
        raise EntitledRefused("no_increase")
    told = (("", "increase_fen", increase), ("×", "percent", percent))
    return _divided("retained", reward, rows, "heads", told)


def _prevention(terms: Terms, head: Numbers, rows: Rows) -> Iterable[Due]:
    """A part of what prevention saved, between the members by contribution (S2-34)."""
    percent = terms["gb.prevention_saving_share"]
    if head["saved_fen"] <= 0:
        raise EntitledRefused("no_saving")
    share = percent_of(head["saved_fen"], percent)
    told = (("", "saved_fen", head["saved_fen"]), ("×", "percent", percent))
    return _divided("prevention", share, rows, "contribution", told)


def _divided(
    name: str, fen: Fen, rows: Rows, weight: str, told: Sequence[tuple[str, str, Any]]
) -> Iterable[Due]:
    weights = {code: Decimal(row[weight]) for code, row in rows.items()}
    whole = sum(weights.values(), Decimal(0))
    if not whole:
        raise EntitledRefused("no_weight")
    step = divide("entitled", name, fen, {code: ((weight, number),) for code, number in weights.items()})
    return [
        Due(share.code, (
            Part(name, share.fen, (*told, ("×", weight, weights[share.code]), ("÷", "weight_sum", whole))),
        ))
        for share in step.shares
    ]  # fmt: skip


def _innovation(terms: Terms, _head: Numbers, rows: Rows) -> Iterable[Due]:
    """An award of a department inside its band (S1-63)."""
    span = terms["qe.awards"]
    for code, row in rows.items():
        fen = row["award_fen"]
        if not span["min"] <= fen <= span["max"]:
            said = {"fen": yuan(fen), "least": yuan(span["min"]), "most": yuan(span["max"])}
            raise EntitledRefused("band", subject=code, **said)
        yield Due(code, (Part("award", fen, (("", "award_fen", fen),)),))


def _innovation_personal(terms: Terms, _head: Numbers, rows: Rows) -> Iterable[Due]:
    """An award of a person: a percentage of the pay of the month as it is in the books (S1-63)."""
    percent = terms["qe.awards.person"]
    for code, row in rows.items():
        pay = int(row["month_pay_fen"])
        if pay <= 0:
            raise EntitledRefused("no_pay", subject=code)
        yield Due(
            code,
            (Part("award", _share(pay, percent), (("", "month_pay_fen", pay), ("×", "percent", percent))),),
        )


def _clinics(terms: Terms, _head: Numbers, rows: Rows) -> Iterable[Due]:
    """A fixed award for each model clinic of Chinese medicine that was recognised (S3-54)."""
    price = terms["cp.tcm_award"]
    for code, row in rows.items():
        told = (("", "clinics", row["clinics"]), ("×", "award_price_fen", price))
        yield Due(code, (Part("award", price * int(row["clinics"]), told),))


def _fen(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "fen") for name in names)


def _number(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "number") for name in names)


def _rates(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "percent") for name in names)


def _count(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "count") for name in names)


KINDS: Mapping[str, Kind] = {
    "four_part": Kind(
        "team", _four_parts,
        ("fd.pay.composition", *(f"fd.pay.ranges.{name}" for name in PARTS), "fd.minimum_wage"),
        row=(*_fen("pay_fen"), *_number("posts")), scores=("process", "outcome", "drg"),
    ),
    "steps": Kind(
        "team", _steps,
        ("fd.step.followup", "fd.step.control", "fd.step.cost", "fd.step.whole", "fd.pay.ranges.drg"),
        brings=(OWED,), row=(
            *_fen("pay_fen"), *_rates("follow_up_now", "follow_up_last", "control_now", "control_last"),
            *_fen("cost_now_fen", "cost_last_fen"),
        ),
    ),
    "heads": Kind(
        "team", _heads, ("fd.subsidy.per_head", "fd.subsidy.linked"), head=_count("months"),
        row=_count("heads"), scores=("drg",), brings=(OWED,),
    ),
    "packages": Kind(
        "team", _packages, ("fd.package.price", "fd.package.saving", "fd.package.overspend", FLOOR),
        brings=(OWED,), row=(
            *_count("months_low", "months_mid", "months_high"), Field("saving_fen", "fen", signed=True),
            *_fen("prepaid_fen"),
        ),
    ),
    "retained": Kind(
        "team", _retained, ("fd.surplus_to_team",), head=_fen("this_year_fen", "last_year_fen"),
        row=_count("heads"), brings=(OWED,),
    ),
    "prevention": Kind(
        "institution", _prevention, ("gb.prevention_saving_share",), head=_fen("saved_fen"),
        row=_number("contribution"),
    ),
    "innovation": Kind("department", _innovation, ("qe.awards",), row=_fen("award_fen")),
    "innovation_personal": Kind(
        "person", _innovation_personal, ("qe.awards.person",), scores=("month_pay_fen",)
    ),
    "clinic": Kind("institution", _clinics, ("cp.tcm_award",), row=_count("clinics")),
    **DIVIDED,
}  # fmt: skip
