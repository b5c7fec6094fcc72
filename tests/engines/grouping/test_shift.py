"""What another scheme shifts: worked by hand, money rounded case by case, missing kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from grouping.engine.shift import Alike, shifts
from grouping.engine.tariff import Coefficient, Rate, Tariff

D = Decimal
ON = date(2026, 10, 1)


def alike(
    old: str, old_weight: str | None, new: str, new_weight: str | None, cases: int, place: str = "A"
) -> Alike:
    """So many cases of one kind."""
    weights = [None if text is None else D(text) for text in (old_weight, new_weight)]
    grouped = [weight is not None for weight in weights]
    return Alike(
        place, "secondary", "03", "", 1, False, old, weights[0], new, weights[1], ON, cases, *grouped
    )


ROWS = [
    alike("X1", "1.0", "X1", "1.0", 10),
    alike("X1", "1.0", "X2", "1.333", 3),
    alike("X3", "2.0", "X3", "1.9", 4, "B"),
    alike("0000", None, "X1", "1.0", 2, "B"),
]


def test_worked_by_hand() -> None:
    """A: 13 cases, weight 13 to 13.999. B: 4 of weight 8 to 6 of weight 9.6; one fen a weight is 100."""
    found = shifts(ROWS, Tariff([Rate(100, ON)], [Coefficient(D("1.5"), ON, "B")]))
    a, b = found.institutions["A"], found.institutions["B"]
    assert (found.all.cases, found.all.changed) == (19, 5)
    assert (a.old.weight, a.new.weight, a.weight) == (D("13.0"), D("13.999"), D("0.999"))
    assert (a.old.cmi, a.new.cmi) == (D("1.0000"), D("1.0768"))
    assert (a.old.fen, a.new.fen) == (1_300, 1_000 + 3 * 133)
    assert (b.old.weighted, b.new.weighted, b.old.fen, b.new.fen) == (4, 6, 4 * 300, 4 * 285 + 2 * 150)
    assert found.all.fen == a.fen + b.fen
    assert (found.all.old.grouped, found.all.new.grouped) == (17, 19)
    assert (found.all.lost, found.all.gained, a.gained, b.gained) == (0, 2, 0, 2)


def test_a_case_that_falls_out_of_grouping_is_counted_and_a_group_without_weight_is_still_one() -> None:
    gone = alike("X1", "1.0", "0000", None, 5)
    unweighed = replace(alike("X1", "1.0", "X9", None, 2), new_grouped=True)
    found = shifts([gone, unweighed], Tariff()).all
    assert (found.lost, found.gained, found.old.grouped, found.new.grouped) == (5, 0, 7, 2)


def test_only_what_moves_or_weighs_otherwise_is_a_move() -> None:
    found = shifts(ROWS, Tariff())
    assert {key: one.cases for key, one in found.moves.items()} == {
        ("X1", "X2"): 3, ("X3", "X3"): 4, ("0000", "X1"): 2,
    }  # fmt: skip
    assert set(found.departments) == {("A", "03"), ("B", "03")}


def test_without_a_rate_there_is_weight_but_no_money() -> None:
    found = shifts(ROWS, Tariff()).all
    assert (found.fen, found.new.without_rate, found.old.without_rate) == (0, 19, 17)


def test_no_case_has_no_index() -> None:
    assert shifts([], Tariff()).all.new.cmi is None
