"""What the demonstration shows of bills and disputes is made by the real services, in every state."""

from __future__ import annotations

from datetime import UTC, datetime

from alliance.services import journal
from complaints.bills import composition
from complaints.bills.models import BillGuide, BillLink, BillQuestion
from complaints.models import Complaint
from grouping.models import Dispute
from performance.demonstration import bills as demo_bills
from performance.demonstration import disputes as demo_disputes
from performance.demonstration.ground import Ground
from tests.grouping.scene import inside, pages, store
from tests.world import World

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def ground(world: World) -> Ground:
    places = {"A01": world.lead, "B01": world.tcm}
    members = {name: one for name, one in world.people.items() if one.alliance_id == world.qinghe.pk}
    return Ground(world.qinghe, places, {}, members, [world.luo, world.meng], world.lin)


def test_slips_of_a_day_a_guide_two_confirmed_and_two_questions(bills: World) -> None:
    days = {"B12": "2026-10-25 09:00:00", "B15": "2026-10-30 10:00:00", "B20": "5"}
    store(bills, [{**row, "A48": f"D{n}"} for n, row in enumerate(pages(bills, 3, **days))])
    said = demo_bills.load(ground(bills), NOW)
    assert said == "3 bills on 1 sheets, 2 lines questioned"
    with inside(bills):
        assert BillLink.objects.count() == 3 and BillGuide.objects.get().confirmed_at is not None
        assert {one.about_id for one in Complaint.objects.all()} == {
            one.pk for one in BillQuestion.objects.all()
        }
        # A question about tests hangs on a line of tests.
        lines = BillQuestion.objects.order_by("pk").values_list("line", flat=True)
        assert [composition.classes()[one].family for one in lines] == ["drugs", "tests"]


def test_disputes_in_every_state(bills: World) -> None:
    said = demo_disputes.load(ground(bills), NOW)
    assert said == "6 disputes, 3 owed an answer"
    with inside(bills):
        states = sorted(Dispute.objects.values_list("state", flat=True))
        assert states == ["answered", "merged", "open", "open", "settled", "studied"]
        assert Dispute.objects.get(state="merged").merged_into.state == "settled"
        # Each step stands at the time it tells.
        settled = Dispute.objects.get(state="settled")
        steps = {one.to_state: one.at.date() for one in journal.steps_of(settled)}
        assert steps["answered"] == settled.answered_at.date() < steps["settled"] < NOW.date()
        assert Dispute.objects.unanswered().filter(due_at__gt=NOW).count() == 3
