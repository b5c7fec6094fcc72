"""The rows of the demonstration are made by the services themselves, from what an alliance has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from alliance.approvals import chains
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Staff
from alliance.services import calendar
from alliance.tenancy.scope import act_in
from complaints.events.models import FocusGroup, PatientDay
from grouping.abnormal.models import AbnormalReport
from performance.demonstration import care, offsite
from performance.demonstration.ground import Ground
from performance.tolerance.models import ToleranceCase
from referrals.mdt import services as mdt
from referrals.mdt.models import MdtMeeting
from referrals.offsite.models import Filing
from tests.grouping.scene import make_cast, pages, store
from tests.world import World, member


@pytest.fixture
def county(db: None, tmp_path: Path) -> Iterator[World]:
    """Cases, staff and a liaison at the lead hospital; three clinicians elsewhere."""
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_cast()
        store(world, pages(world, 4))
        with act_in(world.qinghe):
            calendar.seed(since=2025)
            chains.install()
            member("lian", "连络", world.lead, "insurance_liaison")
            for number in range(3):
                member(f"p{number}", f"评{number}", world.tcm, "clinician")
            for number in range(5):
                Staff.objects.create(institution=world.lead, code=f"S{number}", name=f"同事{number}")
        yield world


def test_every_room_gets_its_rows(county: World) -> None:
    places = {"A01": county.lead, "A02": county.tcm, "B01": county.shiqiao}
    with act_in(county.qinghe):
        units = {("A01", one.code): one for one in Department.objects.filter(institution=county.lead)}
    base = Ground(
        county.qinghe,
        places,
        units,
        {"lin": county.lin, **county.people},
        [county.luo, county.meng],
        county.lin,
    )
    now = timezone.now()
    care.load(base, now)
    offsite.load(base, now)
    with act_in(county.qinghe):
        assert Filing.objects.filter(state="filed").count() == 3
        months = now.astimezone(SHANGHAI).month - 1
        held = PatientDay.objects.filter(state="held").count()
        assert 2 * months <= held <= 3 * months and FocusGroup.objects.count() == 1
        meeting = MdtMeeting.objects.get(state="held")
        assert mdt.actual(meeting, county.luo) is not None
        assert set(AbnormalReport.objects.values_list("state", flat=True)) == {"answered", "sent"}
        assert ToleranceCase.objects.get().state == "decided"
