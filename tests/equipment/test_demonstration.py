"""The demonstration's equipment: booked, used, confirmed by both sides, moved by an outage."""

from __future__ import annotations

from datetime import date

from alliance.demo import build_alliance
from alliance.equipment import facts
from alliance.equipment.models import Booking, Clearing, Usage
from alliance.equipment.services import clearing, settling
from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from performance.demonstration import equipment, ground


def test_a_county_month_with_shared_equipment(db: None) -> None:
    demo = build_alliance("lanchuan")
    base = ground.load(demo, "!")
    used = equipment.load(base, demo, date(2026, 11, 9))
    with act_in(base.alliance):
        assert Usage.objects.counted().count() == used > 100
        assert Usage.objects.filter(state="stated").count() == equipment.UNCONFIRMED_DAYS
        assert (
            Booking.objects.filter(state="moved").exists() and Booking.objects.filter(state="missed").exists()
        )
        month = {one.code: one for one in facts.device_facts(Month(2026, 10))}
        assert month["MR01"].utilisation and month["MR01"].sharing
        assert facts.duplicates(month.values()) == {month["CT02"].device_id}
        waits = Clearing.objects.get()
        owed = settling.compute(Month(2026, 10), but=waits).nets
        assert [(one.payer, one.payee) for one in owed] == [("B01", "A01")]
        kept = [(one.payer, one.payee, one.fen) for one in clearing.nets_of(waits)]
        assert (waits.state, kept) == ("proposed", [(one.payer, one.payee, one.fen) for one in owed])
        assert not settling.compute(Month(2026, 10)).nets, "what waits is not owed twice"
    assert equipment.book_ahead(base, demo, date(2026, 11, 9), date(2026, 11, 12)) == 0
    assert equipment.book_ahead(base, demo, date(2026, 11, 9), date(2026, 11, 30)) == 5
