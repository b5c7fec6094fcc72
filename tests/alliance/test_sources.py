"""What the source says of refusals: each field belongs to a reason, and each reason is given somewhere."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from alliance.lib.refusal import Refused

ROOT = Path(__file__).parents[2]
FLOORS = ("alliance", "grouping", "referrals", "complaints", "performance")


def kinds(of: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """Every refusal of the product that declares its reasons."""
    for kind in of.__subclasses__():
        if "reasons" in vars(kind) and kind.__module__.startswith(FLOORS):
            yield kind
        yield from kinds(kind)


@cache
def texts() -> dict[Path, str]:
    """The source, without what generates tables."""
    found = (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
    return {path: path.read_text() for path in found if "migrations" not in path.parts}


for _path in texts():  # the rooms' refusals are loaded whatever else was asked before
    if _path.stem in ("refusals", "errors"):
        import_module(".".join(_path.relative_to(ROOT).with_suffix("").parts))
KINDS = sorted(set(kinds()), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


def test_the_refusals_of_every_room_are_known() -> None:
    rooms = {kind.__module__ for kind in KINDS}
    named = ("alliance.equipment", "alliance.joint", "referrals.services", "referrals.recognition")
    assert all(any(room.startswith(one) for room in rooms) for one in named)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_a_refusal_names_fields_only_of_reasons_it_has(kind: type[Refused]) -> None:
    assert set(kind.fields) <= set(kind.reasons)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_every_reason_is_given_somewhere(kind: type[Refused]) -> None:
    own = Path(inspect.getfile(kind))
    declared = inspect.getsource(kind)
    elsewhere = "".join(text.replace(declared, "") if path == own else text for path, text in texts().items())
    if kind.reasons.keys() == {kind.__name__}:  # one sentence of its own: the class is the reason
        assert f"{kind.__name__}(" in elsewhere
    else:
        assert not [reason for reason in kind.reasons if f'"{reason}"' not in elsewhere]
