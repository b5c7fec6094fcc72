"""Attachments, insurance filing and benefit, what departments offer."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.web import parts, words
from referrals import forms
from referrals.machine import LIVE
from referrals.models import Referral
from referrals.offsite import show as offsite
from referrals.services import papers


def papers_of(referral: Referral, membership: Membership) -> dict[str, Any]:
    """Attachments, filing and benefit, and what this member may still add."""
    side = referral.side_of(membership)
    writes, answers = membership.can("referral.log"), membership.can("referral.accept")
    small = []
    if side == "origin" and writes and papers.to_be_filed(referral):
        form = forms.FilingForm(auto_id="filing-%s")
        small.append(_small(_("Filed with the insurer…"), referral, "referral-filing", form, "check"))
    if side and referral.state in LIVE and (writes or answers):
        add = forms.FileForm(auto_id="file-%s")
        small.append(_small(_("Add a file…"), referral, "referral-add-file", add, "plus"))
    filing = insurance(referral)
    if referral.filing != Referral.Filing.NOT_NEEDED and (
        elsewhere := offsite.of_referral(referral, membership)
    ):
        filing.append(elsewhere)
    return {"files": _files(referral) if side else [], "filing": filing, "small": small}


def _files(referral: Referral) -> list[parts.Fact]:
    return [
        parts.Fact(row.file.shown_name, url=reverse("referral-file", args=[referral.pk, row.pk]))
        for row in referral.files.select_related("file")
    ]


def _small(label: str, referral: Referral, name: str, form: Form, icon: str) -> parts.Action:
    return parts.Action(label, reverse(name, args=[referral.pk]), icon, form=form, id=name)


def insurance(referral: Referral) -> list[parts.Fact]:
    """Filing state and local benefit as they stand on the form (practice 8)."""
    day = referral.logged_at.astimezone(SHANGHAI).date()
    deductible, ratio = papers.benefit(referral.target_institution, on=day)
    state = " ".join(filter(None, (referral.get_filing_display(), referral.filing_no)))
    if referral.filing == Referral.Filing.TO_FILE and not papers.to_be_filed(referral):
        state = _("no filing: the patient does not go")
    paid = deductible if ratio is None else f"{deductible} · {words.num(ratio)}%"
    return [parts.Fact(_("insurance filing"), state), parts.Fact(_("local benefit"), paid)]


def form_page(referral: Referral, form: Form, name: str) -> dict[str, Any]:
    """A small form of a referral that was refused."""
    return {
        "title": referral.number, "form": form, "referral": referral,
        "action": reverse(name, args=[referral.pk]),
    }  # fmt: skip


def reception(offers: Any, taken: Any) -> dict[str, Any]:
    """The departments of an institution: what each offers, appointments given and free today."""
    rows = [
        {
            "room": offer.department, "reception": offer.reception,
            "taken": taken[offer.department.pk],
            "url": reverse("referral-reception-edit", args=[offer.department.pk]),
        }
        for offer in offers
    ]  # fmt: skip
    return {"title": _("What we offer to those who refer"), "rows": rows}
