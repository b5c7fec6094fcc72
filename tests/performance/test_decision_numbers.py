"""What names a decision is the same to the service and to the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from alliance.lib.reasons import numbered
from performance.models import PayTotal
from performance.pay.refusals import EntryRefused
from performance.pay.services import entering
from tests.performance.pay_scene import NOW
from tests.performance.scene import inside
from tests.world import World

GOOD = ("理事会〔2026〕7号", " A-12/3 ", "2026-15", "ＡＢ２０", "Beschluß 9")
BAD = ("〔2026〕", "①②③④", "一、①②③④", "〔2026〕①", "2026", "1111", "aAaA", "7号", "Ⅳ½¾⑤", "〔〕——……")


@pytest.mark.parametrize("text", [*GOOD, *BAD])
def test_a_number_the_service_refuses_is_refused_by_the_database(world: World, text: str) -> None:
    assert numbered(text) == (text in GOOD)
    row = {
        "institution": world.lead, "year": 2026, "revision": 9, "fen": 1, "document": text,
        "entered_by": world.luo, "entered_at": NOW,
    }  # fmt: skip
    with inside(world):
        if text in GOOD:
            PayTotal.objects.create(**row)
            return
        with pytest.raises(EntryRefused, match="whole number"):
            entering.enter_total(
                by=world.luo, institution=world.lead, year=2026, fen=1, document=text, now=NOW
            )
        with pytest.raises(IntegrityError, match="whole number"), transaction.atomic():
            PayTotal.objects.create(**row)
