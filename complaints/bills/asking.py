"""A line of a bill is questioned and becomes a complaint of the channel "bill", with its clocks (S1-67)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.models import Institution
from alliance.web import words
from complaints.bills import composition
from complaints.bills.composition import Line
from complaints.bills.models import BillLink, BillQuestion
from complaints.models import Channel, Complaint
from complaints.services import filing, person
from grouping.billed import BillFact

KIND, CATEGORY = "bills.billquestion", "charge"


@dataclass(frozen=True)
class Asked:
    """What came of it: the complaint, the secret of the link by which the person follows it, and whether new
    words were added to a question sent before.
    """

    complaint: Complaint
    secret: str
    added: bool = False


@transaction.atomic
def question(
    *, link: BillLink, fact: BillFact, line: Line, text: str, phone: str, mark: str, now: datetime
) -> Asked:
    """Question a line; the same form sent twice is one complaint. The office sees the stay and the line, and
    the telephone only where one was given. Raises ComplaintRefused (text, phone, sent_over).
    """
    row, _new = BillQuestion.objects.get_or_create(
        mark=mark,
        defaults={
            "link": link, "case_id": fact.case_id, "institution_id": fact.institution_id, "line": line.key,
            "fen": line.fen, "total_fen": fact.total_fen, "listed": fact.listed, "asked_at": now,
        },
    )  # fmt: skip
    said = filing.Said(
        institution=Institution.objects.get(pk=fact.institution_id), category=CATEGORY, text=text,
        channel=Channel.BILL, anonymous=not phone, phone=phone,
        about=filing.About(KIND, row.pk, about(row)),
    )  # fmt: skip
    filed = filing.file(by=None, said=said, mark=f"bill:{mark}", now=now)
    more = filed.again and person.say_again(
        complaint=filed.complaint, text=text, mark=f"bill:{mark}", now=now
    )
    return Asked(filed.complaint, filed.secret, bool(more))


def about(row: BillQuestion) -> str:
    """The line in the words of the house, which staff read beside the complaint."""
    with translation.override("zh-hans"):
        return _("Line of a bill: %(name)s %(fen)s of %(total)s yuan") % {
            "name": composition.name_of(row.line, "zh-hans"), "fen": words.yuan(row.fen),
            "total": words.yuan(row.total_fen),
        }  # fmt: skip
