"""What the pages of off-site filings show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Alliance, Membership
from alliance.web import parts, words
from alliance.web.access import way
from alliance.web.context import name_of
from referrals.models import Referral
from referrals.offsite import facts, forms, services, tables
from referrals.offsite.models import ENTER, Filing, Round

State = Filing.State
VIEWS = ("waiting", "late", "all")
FORMS: dict[str, type[Any]] = {
    "file": forms.FiledForm, "more": forms.TextForm, "refuse": forms.TextForm, "supply": forms.TextForm,
}  # fmt: skip


def rows(membership: Membership, view: str, now: datetime) -> Any:
    """Filings the member may see, the newest round beside each; no query a row."""
    newest = Round.objects.filter(filing=OuterRef("pk")).order_by("-number")
    found = Filing.objects.visible_to(membership).named().annotate(
        due=Subquery(newest.values("due_at")[:1]), answered=Subquery(newest.values("answered_at")[:1])
    )  # fmt: skip
    if view == "waiting":
        return found.filter(state__in=[State.WAITING, State.MORE])
    if view == "late":
        return found.filter(Q(state=State.WAITING, due__lt=now) | Q(answered__gt=F("due")))
    return found


def head(membership: Membership, now: datetime) -> dict[str, Any]:
    """The month so far: answers within the hour, with numerator and denominator."""
    month = Month.of(now.astimezone(SHANGHAI).date())
    told = [
        one for one in facts.offsite_facts(month, now)
        if membership.institution_id in (None, one.institution_id)
    ]  # fmt: skip
    asked, kept = sum(one.asked for one in told), sum(one.in_time for one in told)
    return {
        "share": words.pct(Fraction(kept, asked)) if asked else words.DASH,
        "kept": kept, "asked": asked, "rule": words.span(services.limit(now)[1] - now),
        "came": sum(one.filings for one in told),
        "month": month.first_day,
    }  # fmt: skip


def whom(row: Filing) -> list[parts.Fact]:
    """The person, masked: the whole numbers open by their own step."""
    return [
        parts.Fact(pgettext("person", "name"), mask_name(str(row.name))),
        parts.Fact(_("ID number"), mask_id(str(row.id_number))),
        parts.Fact(_("phone"), mask_phone(str(row.phone))),
        parts.Fact(_("insurance"), str(row.get_insurance_display())),
    ]


def where(row: Filing, membership: Membership | None = None) -> list[parts.Fact]:
    """What is filed."""
    found = [
        parts.Fact(pgettext("offsite", "kind of filing"), str(row.get_kind_display())),
        parts.Fact(pgettext("offsite", "place of care"), " ".join(filter(None, (row.city, row.hospital)))),
        parts.Fact(pgettext("offsite", "from"), words.day(row.from_on)),
        parts.Fact(pgettext("offsite", "until"), words.day(row.until_on) if row.until_on else words.DASH),
        parts.Fact(_("institution"), row.institution.name),
    ]
    if row.reason:
        found.append(parts.Fact(pgettext("offsite", "reason"), row.reason))
    if membership is not None:
        found.append(parts.Fact(pgettext("offsite", "came"), str(row.get_channel_display())))
    if row.referral is not None:
        sees = membership is not None and bool(
            row.referral.side_of(membership) or membership.institution_id is None
        )
        url = way(membership, "referral", row.referral.pk) if sees else ""
        found.append(parts.Fact(_("referral"), row.referral.number, url))
    return found


def clock(row: Filing, last: Round, now: datetime) -> dict[str, Any] | None:
    """The hour that runs; None where nothing is owed."""
    if row.state != State.WAITING:
        return None
    whole = max((last.due_at - last.asked_at).total_seconds(), 1)
    gone = min(int(100 * (now - last.asked_at).total_seconds() / whole), 100)
    late = words.overdue(last.due_at, now)
    return {
        "left": words.clock(last.due_at, now), "until": words.until(last.due_at), "share": max(gone, 0),
        "kind": "late" if late else "warn" if gone >= 50 else "",
    }  # fmt: skip


def page(
    row: Filing, membership: Membership, now: datetime, given: Mapping[str, Any], opened: Mapping[str, str]
) -> dict[str, Any]:
    """One filing for the desk; `opened`: the whole numbers, where they were just opened."""
    rounds = list(row.rounds.select_related("answered_by__user"))
    person = whom(row)
    if opened:
        person[:3] = [
            parts.Fact(pgettext("person", "name"), opened["name"]),
            parts.Fact(_("ID number"), opened["id_number"]),
            parts.Fact(_("phone"), opened["phone"]),
        ]  # fmt: skip
    mine = "desk" in row.sides_of(membership)
    reveal = []
    if mine and membership.can("offsite.answer") and not opened:
        form = given.get("reveal") or forms.RevealForm(auto_id="reveal-%s")
        reveal.append(
            parts.Action(
                pgettext("offsite", "Open the whole numbers"), reverse("offsite-reveal", args=[row.pk]),
                "eye", form=form,
            )
        )  # fmt: skip
    return {
        "title": row.number, "filing": row, "chip": tables.state_chip(row), "person": person,
        "what": where(row, membership), "rounds": [(one, one.in_time(now)) for one in rounds],
        "clock": clock(row, rounds[-1], now), "actions": actions(row, membership, given), "reveal": reveal,
        "files": [
            parts.Fact(one.attachment.shown_name, url=reverse("offsite-file", args=[row.pk, one.pk]))
            for one in row.files.select_related("attachment")
        ],
        "history": parts.history(row),
    }  # fmt: skip


def actions(row: Filing, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Filed, more papers, refused; papers that came on paper."""
    return [
        parts.Action(
            str(step.custom["label"]),
            f"{reverse('offsite-act', args=[row.pk, step.name])}?version={row.version}",
            step.custom["icon"], "primary" if step.name == "file" else "",
            form=given.get(step.name) or FORMS[step.name](auto_id=f"{step.name}-%s"),
        )
        for step in row.steps_for(membership)
        if step.name in FORMS
    ]  # fmt: skip


def frame(alliance: Alliance, language: str) -> dict[str, Any]:
    """What the base of every public page needs."""
    return {"alliance_name": name_of(alliance), "code": alliance.code, "language": language}


def form(alliance: Alliance, form: Any, language: str, now: datetime) -> dict[str, Any]:
    """The public form, and until when it is answered."""
    return {**frame(alliance, language), "form": form, "until": words.until(services.limit(now)[1])}


def follow(
    alliance: Alliance, row: Filing, drawn: dict[str, Any], language: str, now: datetime
) -> dict[str, Any]:
    """The private page: the hour, each answer, what can be done."""
    rounds = list(row.rounds.all())
    can = {"more": {"supply", "withdraw"}, "waiting": {"withdraw"}}.get(row.state, set())
    return {
        **frame(alliance, language), "filing": row, "clock": clock(row, rounds[-1], now),
        "answers": [one for one in reversed(rounds) if one.answered_at], "person": whom(row),
        "what": where(row),
        "forms": {name: one for name, one in drawn.items() if name in can}, "files": row.files.count(),
    }  # fmt: skip


def with_filing(rows: QuerySet[Referral], membership: Membership) -> QuerySet[Referral]:
    """Referrals with `offsite`: pk, number and state of their newest off-site filing, read with them."""
    newest = Filing.objects.visible_to(membership).filter(referral=OuterRef("pk")).order_by("-pk")
    said = JSONObject(pk="pk", number="number", state="state")
    return rows.annotate(offsite=Subquery(newest.values(said=said)[:1]))


def of_referral(referral: Any, membership: Membership) -> parts.Fact | None:
    """On the page of a referral read `with_filing`: its off-site filing, or where one is entered."""
    if row := referral.offsite:
        words_ = f"{row['number']} {Filing.State(row['state']).label}"
        return parts.Fact(_("off-site care filing"), words_, way(membership, "offsite-filing", row["pk"]))
    if membership.can(ENTER):
        url = f"{reverse('offsite-enter')}?referral={referral.pk}"
        return parts.Fact(_("off-site care filing"), pgettext("offsite", "enter one"), url)
    return None
