"""What the pages of corrections of exemptions show: who gets back how much, who bears it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.life import forms, words
from performance.life.show_calendar import leads
from performance.life.show_corrections import booked_actions
from performance.models import ClawbackShare
from performance.tolerance import reliefs
from performance.tolerance.models import Exemption, Relief

NAMED = (
    "exemption__case", "exemption__share__staff", "exemption__share__department",
    "exemption__share__institution", "exemption__share__clawback__statement",
)  # fmt: skip


def seen(membership: Membership) -> QuerySet[Any]:
    """All for the whole alliance; an institution posted ones of its own shares (second wall)."""
    rows = Relief.objects.select_related(*NAMED, "made_by__user", "approval", "journal")
    here = membership.institution_id
    if here is None:
        return rows
    return rows.filter(state=Relief.State.POSTED, exemption__share__institution=here)


@dataclass(frozen=True)
class Affected:
    """One who gets or bears: who, to bear of the share before and after (fen), what happens."""

    who: str
    before_fen: int
    after_fen: int
    what: str

    @property
    def diff_fen(self) -> int:
        """What they bear more (+) or less (−)."""
        return self.after_fen - self.before_fen


def affected(row: Relief, *, people: bool) -> list[Affected]:
    """Everybody a correction affects; what each bears together is the share before and after."""
    share = row.exemption.share
    assert share is not None, "the database keeps a correction with its share"
    months = ", ".join(f"{web_words.month(one.into)} {web_words.yuan(fen)}" for one, fen in reliefs.back(row))
    said = []
    if row.back_fen:
        said.append(
            _("%(yuan)s yuan come back with the next lot (taken of: %(months)s)")
            % {"yuan": web_words.yuan(row.back_fen), "months": months}
            if months else _("%(yuan)s yuan come back in the books") % {"yuan": web_words.yuan(row.back_fen)}
        )  # fmt: skip
    if row.spared_fen:
        said.append(_("%(yuan)s yuan are no longer taken") % {"yuan": web_words.yuan(row.spared_fen)})
    return [
        Affected(_bearer(share, people=people), share.fen, share.fen - row.exempt_fen, "; ".join(said)),
        Affected(share.institution.short_name, 0, row.exempt_fen, _("bears what is exempted")),
    ]


def _bearer(share: ClawbackShare, *, people: bool) -> str:
    if share.staff is not None:
        return share.staff.name if people else str(share.get_bearer_display())
    return share.department.name if share.department else share.institution.short_name


def page(row: Relief, membership: Membership) -> dict[str, Any]:
    """One correction: preview or what was posted."""
    case, share = row.exemption.case, row.exemption.share
    assert share is not None
    people = membership.institution_id is None or membership.can("person_score.view")
    covered = f"{web_words.plain(case.covered)}%" if case.covered is not None else web_words.DASH
    clawback = way(membership, "clawback", share.clawback_id)
    return {
        "title": pgettext("tolerance", "Correction of exemption %(number)s") % {"number": case.number},
        "row": row, "case": case, "chip": words.booked_chip(row), "affected": affected(row, people=people),
        "draft": row.state != Relief.State.POSTED, "case_url": way(membership, "tolerance-case", case.pk),
        "figs": [
            parts.Fig(pgettext("tolerance", "Exempted"), web_words.yuan(row.exempt_fen), _("yuan")),
            parts.Fig(pgettext("tolerance", "Given back"), web_words.yuan(row.back_fen), _("yuan")),
            parts.Fig(pgettext("tolerance", "No longer taken"), web_words.yuan(row.spared_fen), _("yuan")),
        ],
        "facts": [
            parts.Fact(pgettext("tolerance", "decision no."), case.number),
            parts.Fact(pgettext("tolerance", "covered"), covered),
            parts.Fact(_("Claw-back"), share.clawback.statement.document, clawback),
            parts.Fact(_("belongs to"), web_words.month(row.month)),
            parts.Fact(_("posted into"), web_words.month(row.into)),
            parts.Fact(_("entered by"), str(row.made_by.user)),
        ],
        "history": parts.history(row), "actions": booked_actions(row, membership, "relief"),
    }  # fmt: skip


@dataclass(frozen=True)
class Marked:
    """A line a decision exempts: how far its money has come, what may be done."""

    exemption: Exemption
    said: str
    url: str
    actions: Sequence[parts.Action]


def marked(rows: Sequence[Exemption], membership: Membership, given: Mapping[str, Any]) -> list[Marked]:
    """The exemptions of a case with their corrections; one query and two a line without one."""
    found = {row.exemption_id: row for row in Relief.objects.filter(exemption__in=rows)}
    return [_marked(one, found.get(one.pk), membership, given) for one in rows]


def _marked(
    one: Exemption, row: Relief | None, membership: Membership, given: Mapping[str, Any]
) -> Marked:  # fmt: skip
    if row is not None:
        sees = membership.institution_id is None or row.state == Relief.State.POSTED
        url = way(membership, "relief", row.pk) if sees else ""
        said = _("%(yuan)s yuan exempted, %(back)s of it given back") % {
            "yuan": web_words.yuan(row.exempt_fen), "back": web_words.yuan(row.back_fen),
        }  # fmt: skip
        return Marked(one, f"{said} · {row.get_state_display()}", url, [])
    worked = reliefs.worked_out(one)
    if not worked.exempt_fen:
        return Marked(one, _("moves no money: the institution bears it already"), "", [])
    said = _("%(yuan)s yuan exempted, %(back)s of it to be given back") % {
        "yuan": web_words.yuan(worked.exempt_fen), "back": web_words.yuan(worked.back_fen),
    }  # fmt: skip
    share = one.share
    if not leads(membership) or share is None:
        return Marked(one, said, "", [])
    months = [month for month in books.open_months() if month >= share.clawback.period]
    key = f"relief-{one.pk}"
    form = given.get(key) or forms.IntoForm(into=months, auto_id=f"{key}-%s")
    url = reverse("relief-make", args=[one.case_id, one.pk])
    return Marked(one, said, "", [parts.Action(_("Work out the correction…"), url, "sum", form=form)])


def summary(approval: Approval) -> registry.Summary:
    """What the second person reads."""
    row = Relief.objects.select_related(*NAMED).get(pk=approval.about_id)
    found = [
        parts.Fact(pgettext("tolerance", "decision no."), row.exemption.case.number),
        parts.Fact(_("belongs to"), web_words.month(row.month)),
        parts.Fact(_("posted into"), web_words.month(row.into)),
        *(
            parts.Fact(one.who, f"{web_words.yuan_diff(one.diff_fen)} · {one.what}")
            for one in affected(row, people=True)
        ),
    ]  # fmt: skip
    url = reverse("relief", args=[row.pk])
    return registry.Summary("approvals/_subject.html", {"facts": found}, url, registry.within(seen, row.pk))
