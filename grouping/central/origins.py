"""A row of the insurer's file as something others follow from: the record and both groups, no patient."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from alliance.web.carrying import Origin
from grouping.models import CentralResult

KIND = "grouping.centralresult"
NOTHING = (CentralResult.Why.EQUAL, CentralResult.Why.NO_CASE, CentralResult.Why.PENDING)


def result(membership: Membership, pk: int) -> Origin | None:
    """A row the member sees that was grouped otherwise than ours or refused by the insurer."""
    if not membership.can("case.view"):
        return None
    row = CentralResult.objects.select_related("institution", "file").filter(pk=pk).first()
    if row is None or not membership.sees(row.file.institution_id) or not membership.sees(row.institution_id):
        return None
    if row.why in NOTHING and not row.rejected_fen:
        return None
    title = _("Record %(record)s: %(theirs)s there, %(ours)s here") % {
        "record": row.record_no, "theirs": row.drg, "ours": row.ours or words.DASH,
    }  # fmt: skip
    if row.rejected_fen:
        title += " · " + _("rejected %(yuan)s yuan") % {"yuan": words.yuan(row.rejected_fen)}
    url = reverse("central-row", args=[pk])
    return Origin(KIND, pk, title, url, row.institution, str(Month.of(row.day)))
