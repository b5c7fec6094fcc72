"""What comes beside the front pages: settlement lists of the lead hospital, the city's DIP catalogue."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.demo import DemoAlliance, diseases, lists
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from grouping.readers.formats import SETTLEMENT
from grouping.services import dip, intake, publishing, sources, tariff
from performance.demonstration.deliveries import drain
from performance.demonstration.ground import FIRST_DAY, Ground

MONTH = Month(2026, 10)
SINCE = date(2026, 1, 1)
POINT_SHARE = 88  # percent of cost that the fund pays for a point, roughly
DECISION = dip.Decision(SINCE, "市医疗保障局", "2026 年病种目录（示意）")


def load(base: Ground, demo: DemoAlliance, today: date) -> str:
    """Deliver the lists and decide the catalogue; a line of the report."""
    known = _catalogue(base, demo)
    return f"{_lists(base, demo, today)} settlement lists, {known} diseases of the city's catalogue"


def _lists(base: Ground, demo: DemoAlliance, today: date) -> int:
    """The lead hospital's settlement interface is a second source; its October comes once."""
    lead = next(place for place in demo.places if place.role == "lead")
    stays = [stay for stay in demo.stays if stay.institution.code == lead.code and stay.month == MONTH]
    with act_in(base.alliance), transaction.atomic():
        source = sources.create(
            by=base.steward, institution=base.places[lead.code], name="医保结算清单接口",
            format=SETTLEMENT,
        )  # fmt: skip
        sources.settle(by=base.steward, source=source, edition="insurance", from_date=FIRST_DAY)
        file, _made = intake.receive_file(
            by=base.steward, name=f"4101_{lead.organisation}_202610.json", content=[lists.content(stays)],
            source=source, today=today,
        )  # fmt: skip
    drain(base)
    with act_in(base.alliance), transaction.atomic():
        file = publishing.publish_by_id(by=base.steward, file_id=file.pk, take_good=True)
    drain(base)
    return int(file.preview["stored"])


def _catalogue(base: Ground, demo: DemoAlliance) -> int:
    """The city's catalogue and the values of its points, each agreed to by a second person."""
    proposer, second = base.office
    with act_in(base.alliance), transaction.atomic():
        known = _received(proposer, "dip_2026.csv", diseases.catalogue(demo.stays))
        points = _received(proposer, "dip_points_2026.csv", diseases.point_values(demo.stays, POINT_SHARE))
        for approval in (
            dip.propose(by=proposer, catalogue=known, on=SINCE, confirmed=True),
            tariff.propose(by=proposer, sheet=points, on=SINCE, confirmed=True),
        ):
            approvals.decide(by=second, approval=approval, verdict=Decision.Verdict.YES)
    return int(known.core + known.wide)


def _received(by: Membership, name: str, content: bytes) -> Any:
    """A catalogue or a sheet of point values, whichever the file is."""
    return dip.receive(by=by, title="", decision=DECISION, name=name, content=BytesIO(content))
