"""Many pots of one institution at once: the same lines, the same entries, the same refusals as one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.ledger import errors, many
from alliance.ledger import facts as books
from alliance.ledger.models import Entry, LedgerJournal
from alliance.models import Journal, Transition
from alliance.models.base import Stale
from performance.models import PayLine, PayPot, PayReply
from performance.pay.refusals import PotRefused
from performance.pay.services import pots, together
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.world import World


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """The bonus fund of October in the books of its pots; three of them at the lead hospital."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
        yield world


def own(world: World) -> list[PayPot]:
    found = list(PayPot.objects.named().filter(institution=world.lead).order_by("pk"))
    assert len(found) == 3
    return found


def plans(world: World) -> list[tuple[PayPot, pots.Agreed]]:
    group = list(pots.points_of(scene.doctors(world)))[:3]
    return [
        (pot, pots.Agreed(pots.points_of(pot), group, NOW.date(), "一致同意")) for pot in own(world)
    ]  # fmt: skip


def one_by_one(world: World) -> None:
    for pot, agreed in plans(world):
        pots.write(by=world.kong, pot=pot, agreed=agreed, now=NOW)
        pots.show(by=world.kong, pot=scene.fresh(pot), now=NOW)
        pots.submit(by=world.kong, pot=scene.fresh(pot), now=AFTER)
        pots.post(by=world.luo, pot=scene.fresh(pot), now=AFTER)


def at_once(world: World) -> None:
    together.write(by=world.kong, plans=plans(world), now=NOW)
    together.show(by=world.kong, pots=own(world), now=NOW)
    together.submit(by=world.kong, pots=own(world), now=AFTER)
    together.post(by=world.luo, pots=own(world), now=AFTER)


def written() -> dict[str, Any]:
    """Everything that was kept of it, without the ids of its rows."""
    lines = PayLine.objects.order_by("staff__code")
    journals = LedgerJournal.objects.filter(kind="pay.pot").order_by("key")
    return {
        "lines": list(lines.values_list("staff__code", "points", "fen", "quota", "remainder_rank")),
        "journals": list(journals.values_list("key", "entries_count", "debit_fen", "body_digest", "text")),
        "entries": [
            (row.journal.key, row.number, row.account.code, row.fen, row.reason, row.evidence_id)
            for row in Entry.objects.filter(journal__in=journals).select_related("journal", "account")
            .order_by("journal__key", "number")
        ],
        "pots": list(PayPot.objects.order_by("pk").values_list("pk", "state", "version", "shown_until")),
        "steps": sorted(Transition.objects.values_list("about_kind", "about_id", "name", "to_state")),
        "said": sorted(Journal.objects.filter(verb__startswith="pay.p").values_list("verb", "about_id")),
    }  # fmt: skip


class Undone(Exception):
    """Takes back what was tried."""


def tried(world: World, deed: Any) -> dict[str, Any]:
    with pytest.raises(Undone), transaction.atomic():
        deed(world)
        found = written()
        assert books.trial_balance().sum_fen == 0
        raise Undone
    return found


def test_at_once_keeps_what_one_by_one_keeps(house: World) -> None:
    one, all_ = tried(house, one_by_one), tried(house, at_once)
    assert one == all_ and len(one["journals"]) == 3


def test_the_statements_do_not_grow_with_the_pots(house: World) -> None:
    def queries(most: int) -> int:
        with CaptureQueriesContext(connection) as found, pytest.raises(Undone), transaction.atomic():
            together.write(by=house.kong, plans=plans(house)[:most], now=NOW)
            together.show(by=house.kong, pots=own(house)[:most], now=NOW)
            together.submit(by=house.kong, pots=own(house)[:most], now=AFTER)
            together.post(by=house.luo, pots=own(house)[:most], now=AFTER)
            raise Undone
        return len(found)

    queries(1)  # what is read once and kept
    assert queries(3) == queries(1)


def test_the_same_is_refused(house: World) -> None:
    found, doctors = plans(house), scene.doctors(house)
    with pytest.raises(PermissionDenied):
        together.write(by=house.luo, plans=found, now=NOW)
    with pytest.raises(PotRefused, match="Write down what"):
        together.write(by=house.kong, plans=[(doctors, plan_of(doctors, minutes=" "))], now=NOW)
    short = pots.Agreed({}, found[0][1].group, NOW.date(), "一致同意")
    with pytest.raises(PotRefused, match="everybody"):
        together.write(by=house.kong, plans=[*found[1:], (found[0][0], short)], now=NOW)
    assert not PayLine.objects.exists()
    together.write(by=house.kong, plans=found, now=NOW)
    with pytest.raises(Stale):
        together.write(by=house.kong, plans=found, now=NOW)
    together.show(by=house.kong, pots=own(house), now=NOW)
    early: datetime = AFTER - timedelta(days=3)
    with pytest.raises(PotRefused, match="until"):
        together.submit(by=house.kong, pots=own(house), now=early)
    pot = scene.doctors(house)
    line = PayLine.objects.filter(plan=pot.plan).first()
    assert line is not None
    PayReply.objects.create(plan=pot.plan, staff=line.staff, agrees=False, text="少记", given_at=NOW)
    with pytest.raises(PotRefused, match="objection"):
        together.submit(by=house.kong, pots=own(house), now=AFTER)


def test_a_journal_of_many_is_refused_with_all_the_others(house: World) -> None:
    at_once(house)
    entries = [
        many.services.Line(row.account, row.fen)
        for row in Entry.objects.select_related("account").filter(journal__kind="pay.pot").order_by("pk")[:2]
    ]
    there = LedgerJournal.objects.get(key=f"pay.pot:{own(house)[0].pk}")
    new = many.NewJournal("new", [many.services.Line(entries[0].account, -1),
                                  many.services.Line(entries[1].account, 1)])  # fmt: skip
    asked: dict[str, Any] = {
        "by": house.kong, "confirmed_by": house.luo, "month": OCTOBER, "about_month": OCTOBER, "kind": "x",
    }  # fmt: skip
    for wrong, error in (
        (many.NewJournal(there.key, new.entries), errors.KeyReused),
        (many.NewJournal("odd", [new.entries[0], new.entries[0]]), errors.Unbalanced),
        (many.NewJournal("one", new.entries[:1]), errors.TooFewEntries),
    ):
        with pytest.raises(error), transaction.atomic():
            many.post_all(**asked, found=[new, wrong])
    with pytest.raises(errors.SamePerson):
        many.post_all(**{**asked, "confirmed_by": house.kong}, found=[new])
    assert not LedgerJournal.objects.filter(key="new").exists()
