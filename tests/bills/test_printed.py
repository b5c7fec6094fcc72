"""A printed code opens one bill: no sign-in, no name, for some weeks, each time in the journal."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from alliance.models import Institution, Journal
from alliance.services import parameters
from complaints.bills import services
from complaints.bills.models import BillBatch, BillGuide, BillLink
from complaints.bills.refusals import BillRefused
from grouping.models import Pairing
from tests.grouping.scene import HOME, browser, inside, pages, text
from tests.grouping.test_documents import store_lists
from tests.world import World

DAY = date(2026, 10, 12)
SAY = "/say/qinghe/bill"


def printed(world: World) -> list[services.Slip]:
    with inside(world):
        return services.print_day(by=world.kong, institution=world.lead, day=DAY, now=timezone.now())[1]


def look(token: str, **more: str) -> str:
    return text(Client().get(f"{SAY}/{token}/", HTTP_ACCEPT_LANGUAGE="en", **more))


def test_a_batch_of_a_day_gives_each_stay_a_link_whose_hash_alone_is_kept(bills: World) -> None:
    page = browser(bills, "kong").post(
        f"{HOME}/bills/print/", {"institution": bills.lead.pk, "day": DAY.isoformat(), "record_no": ""}
    )
    shown = text(page)
    assert page.status_code == 200 and shown.count("data:image/svg+xml") == 3
    assert (
        "no-store" in page["Cache-Control"] and "/say/qinghe/bill/" in shown and "/a/qinghe/say" not in shown
    )
    with inside(bills):
        assert BillLink.objects.count() == 3
        assert Journal.objects.get(verb="bill.printed").detail == {"count": 3, "day": "2026-10-12"}
        slip = services.print_day(
            by=bills.kong, institution=bills.lead, day=DAY, record_no="R00001", now=timezone.now()
        )[1]
        assert [one.stay.record_no for one in slip] == ["R00001"]
        stored = BillLink.objects.latest("pk").sha256
        assert stored == services.hashed(slip[0].token) and slip[0].token not in stored
    assert len(slip[0].token) >= 32


def test_the_front_page_alone_tells_fee_classes_and_says_so(bills: World) -> None:
    shown = look(printed(bills)[1].token)
    assert "1,234.56" in shown and "1,000.00" in shown and "Western medicines" in shown
    assert "Only the fee classes of this stay are known here" in shown
    assert "paid by the insurance" not in shown
    assert "人*" in shown and "人1" not in shown and "J18" not in shown and "肺炎" not in shown
    assert "R00001" in shown and "11010119600101" not in shown


def test_with_a_settlement_list_it_tells_what_was_reimbursed(bills: World) -> None:
    slip = printed(bills)[1]
    store_lists(bills, pages(bills, 3, D09="234.56"))
    with inside(bills):
        assert Pairing.objects.filter(how="key").count() == 3
    shown = look(slip.token)
    assert "paid by the insurance" in shown and "1,000.00" in shown and "81.0%" in shown
    assert "paid by you" in shown and "234.56" in shown


def test_each_reading_is_journaled_without_a_member_and_leaves_no_cookie(bills: World) -> None:
    slip = printed(bills)[0]
    answer = browser(bills, "lin").get(f"{SAY}/{slip.token}/")
    assert answer.status_code == 200 and not answer.cookies
    assert "no-store" in answer["Cache-Control"] and answer["Referrer-Policy"] == "no-referrer"
    with inside(bills):
        entry = Journal.objects.get(verb="patient.read", detail__page="bill")
        assert (entry.membership, entry.user, entry.about_id) == (None, None, slip.stay.case_id)
        assert entry.detail["way"] == "printed"


def test_unknown_old_and_revoked_links_and_void_stays_are_one_answer(bills: World) -> None:
    slips = printed(bills)
    unknown = look("x" * 32)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert look(slips[0].token) == unknown
    assert look(slips[0].token) != unknown
    with inside(bills):
        batch = BillBatch.objects.get()
    again = browser(bills, "kong").post(f"{HOME}/bills/batches/{batch.pk}/revoke/")
    assert again.status_code == 302 and look(slips[0].token) == unknown
    assert "opens no bill" in unknown
    # How long each is good stands there as decided, not by the way.
    assert "a printed code is good for 90 days" in unknown and "record number for 30 min" in unknown
    with inside(bills):
        today = timezone.localdate()
        for key, value in (("bill.link_days", 60), ("bill.look", "H2")):
            parameters.decide(by=bills.su, key=key, value=value, from_date=today, decided_by="理事会")
    unknown = look("x" * 32)
    assert "good for 60 days" in unknown and "record number for 2 h 0 min" in unknown
    with inside(bills), pytest.raises(BillRefused):
        services.revoke(by=bills.kong, batch=batch, now=timezone.now())
    with inside(bills):
        fresh = services.print_day(by=bills.kong, institution=bills.lead, day=DAY, now=timezone.now())[1][0]
        Institution.objects.get(pk=bills.lead.pk)
        from grouping.models import Case

        Case.objects.filter(pk=fresh.stay.case_id).update(voided_at=timezone.now())
    assert look(fresh.token) == unknown


def test_a_link_of_one_alliance_opens_nothing_in_another(bills: World) -> None:
    slip = printed(bills)[0]
    assert Client().get(f"/say/jiangzhou/bill/{slip.token}/").status_code == 404
    assert Client().get(f"/say/nowhere/bill/{slip.token}/").status_code == 404


def test_who_may_not_print_prints_nothing(bills: World) -> None:
    with inside(bills):
        with pytest.raises(PermissionDenied):
            services.print_day(by=bills.wu, institution=bills.lead, day=DAY, now=timezone.now())
        with pytest.raises(PermissionDenied):
            services.print_day(by=bills.tan, institution=bills.lead, day=DAY, now=timezone.now())
    body = {"institution": bills.lead.pk, "day": DAY.isoformat()}
    assert browser(bills, "tan").post(f"{HOME}/bills/print/", body).status_code == 400
    assert browser(bills, "wu").get(f"{HOME}/bills/").status_code == 403
    empty = browser(bills, "kong").post(
        f"{HOME}/bills/print/", {"institution": bills.lead.pk, "day": "2026-10-13"}
    )
    assert empty.status_code == 400 and "No stay was discharged on this day" in text(empty)


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"expires_at": None}])
def test_the_database_keeps_a_link_as_it_was_made(bills: World, change: dict[str, object]) -> None:
    printed(bills)
    with inside(bills), pytest.raises(DatabaseError), transaction.atomic():
        BillLink.objects.update(**change)


def test_a_guide_counts_once_a_second_person_confirmed_it(bills: World) -> None:
    slip = printed(bills)[0]
    body = {
        "from_date": "2026-01-01", "decided_by": "岚医保〔2026〕3号", "scope": "目录内的药品和项目",
        "own": "目录外的费用", "who1": "居民医保 二级医院", "deductible1": "400", "percent1": "75",
    }  # fmt: skip
    office = browser(bills, "luo")
    assert office.post(f"{HOME}/bills/guides/", body).status_code == 302
    assert "目录内的药品和项目" not in look(slip.token)
    with inside(bills):
        row = BillGuide.objects.get()
    office.post(f"{HOME}/bills/guides/{row.pk}/confirm/")
    with inside(bills):
        assert BillGuide.objects.get().confirmed_at is None
        with pytest.raises(DatabaseError), transaction.atomic():
            BillGuide.objects.update(confirmed_by=bills.luo, confirmed_at=timezone.now())
    assert browser(bills, "meng").post(f"{HOME}/bills/guides/{row.pk}/confirm/").status_code == 302
    shown = look(slip.token)
    assert "目录内的药品和项目" in shown and "75%" in shown and "400.00" in shown
    assert "75%" in text(Client().get(f"{SAY}/guide/?lang=en"))


def test_the_page_of_a_day_costs_the_same_for_any_number_of_stays(bills: World) -> None:
    from tests.grouping.scene import queries, store

    one = queries(browser(bills, "kong"), f"bills/?institution={bills.lead.pk}&day=2026-10-12")
    store(bills, pages(bills, 12))
    assert queries(browser(bills, "kong"), f"bills/?institution={bills.lead.pk}&day=2026-10-12") == one


def test_nothing_inline_and_every_picture_has_its_words(bills: World) -> None:
    shown = look(printed(bills)[0].token)
    assert not re.search(r"<script|style=|onclick", shown)
    assert 'aria-label="Of every 100 yuan: ' in shown
