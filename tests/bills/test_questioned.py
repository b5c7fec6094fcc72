"""A line of a bill is questioned: a complaint with its clock, and staff see the line it is about."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from alliance.web.public import Sheet
from complaints.bills.models import BillLink, BillQuestion
from complaints.models import Complaint
from tests.bills.test_printed import SAY, printed
from tests.grouping.scene import HOME, browser, inside, text
from tests.world import World


def ask(world: World, token: str, **change: str) -> Any:
    with inside(world):
        link = BillLink.objects.order_by("pk")[0]
        sheet = Sheet.hand_out(f"bill-line:qinghe:{link.pk}")
    body = {"sheet": sheet, "line": "D23", "text": "西药为什么这么多", "phone": "", **change}
    return Client().post(f"{SAY}/{token}/?lang=en", body)


def test_a_questioned_line_is_a_complaint_whose_line_staff_see(bills: World) -> None:
    slip = printed(bills)[0]
    answer = ask(bills, slip.token)
    with inside(bills):
        row, made = BillQuestion.objects.get(), Complaint.objects.get()
    assert (row.line, row.fen, row.total_fen, row.listed) == ("D23", 100_000, 123_456, False)
    assert (made.channel, made.about_kind, made.about_id) == ("bill", "bills.billquestion", row.pk)
    assert made.institution_id == bills.lead.pk and made.entered_by is None and made.phone is None
    assert "西药费 1,000.00" in made.about_text and "R0000" not in made.about_text
    shown = text(answer)
    assert answer.status_code == 200 and made.number in shown and "Follow it" in shown
    staff = text(browser(bills, "kong").get(f"{HOME}/bills/questions/{row.pk}/"))
    assert "1,000.00" in staff and "questioned" in staff and "R00000" in staff
    assert browser(bills, "tan").get(f"{HOME}/bills/questions/{row.pk}/").status_code in (403, 404)


def test_the_same_form_sent_twice_is_one_complaint(bills: World) -> None:
    slip = printed(bills)[0]
    with inside(bills):
        sheet = Sheet.hand_out(f"bill-line:qinghe:{BillLink.objects.order_by('pk')[0].pk}")
    first, second = (ask(bills, slip.token, sheet=sheet) for _n in range(2))
    with inside(bills):
        assert Complaint.objects.count() == BillQuestion.objects.count() == 1
        assert Complaint.objects.get().number in text(first) and text(first) == text(second)


def test_the_same_line_asked_again_is_another_complaint_about_the_same_line(bills: World) -> None:
    """A second form is a second question: nothing is swallowed, both stand with their own clock."""
    slip = printed(bills)[0]
    first, second = ask(bills, slip.token), ask(bills, slip.token, text="还是不明白，请列出药名")
    with inside(bills):
        rows, made = list(BillQuestion.objects.order_by("pk")), list(Complaint.objects.order_by("pk"))
        assert [(one.line, one.fen) for one in rows] == [("D23", 100_000)] * 2
        assert [one.about_id for one in made] == [one.pk for one in rows]
        assert [one.text for one in made] == ["西药为什么这么多", "还是不明白，请列出药名"]
        assert len({one.number for one in made}) == 2 and all(one.result_due_at for one in made)
        twice = BillQuestion.objects.get(pk=rows[0].pk)
        twice.pk = None
        with pytest.raises(DatabaseError, match="bill_question_once"), transaction.atomic():
            twice.save(force_insert=True)
    assert made[0].number in text(first) and made[1].number in text(second)
    for row in rows:
        assert "R00000" in text(browser(bills, "kong").get(f"{HOME}/bills/questions/{row.pk}/"))


@pytest.mark.parametrize(
    ("change", "status"),
    [({"sheet": "x"}, 403), ({"text": ""}, 400), ({"line": "D99"}, 400), ({"phone": "12"}, 400)],
)
def test_n42_what_is_refused_files_nothing_and_loses_nothing(
    bills: World, change: dict[str, str], status: int
) -> None:
    slip = printed(bills)[0]
    answer = ask(bills, slip.token, **change)
    assert answer.status_code == status
    assert change.get("text", "西药为什么这么多") in text(answer)
    with inside(bills):
        assert not Complaint.objects.exists() and not BillQuestion.objects.exists()


def test_the_database_keeps_what_was_questioned(bills: World) -> None:
    ask(bills, printed(bills)[0].token)
    with inside(bills), pytest.raises(DatabaseError), transaction.atomic():
        BillQuestion.objects.update(fen=1)
