"""The page of what a month rests on: pool, scheme, bases, deliveries and exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import words
from alliance.web.parts import Action, Fact
from performance import forms
from performance.models import Basis, PoolDecision, SchemeVersion
from performance.services import bases, completeness, pools, schemes
from performance.services.completeness import Delivery


@dataclass(frozen=True)
class Place:
    """One institution: its base, what it delivered, the button that confirms its exception."""

    delivery: Delivery
    basis: Basis | None
    actions: Sequence[Action]


def with_line() -> QuerySet[Institution]:
    """Institutions that are scored and paid themselves."""
    return Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)


def page(
    membership: Membership,
    month: Month,
    *,
    pool: Form | None = None,
    basis: Form | None = None,
    exception: Form | None = None,
) -> dict[str, Any]:
    """Everything of the page; a form that was refused keeps what was typed."""
    decided, scheme = pools.latest(month), schemes.in_force(month)
    held = {row.institution_id: row for row in bases.in_force(month)}
    places = [
        Place(one, held.get(one.institution.pk), _confirmation(membership, month, one))
        for one in completeness.deliveries(month)
    ]
    may = membership.can("month.propose")
    pool = pool or forms.PoolForm(auto_id="pool-%s")
    basis = basis or forms.BasisForm(institutions=with_line(), auto_id="basis-%s")
    exception = exception or forms.ExceptionForm(institutions=with_line(), auto_id="exception-%s")
    return {
        "title": _("What %(month)s rests on") % {"month": words.month(month)}, "month": month,
        "pool": decided, "pool_facts": pool_facts(decided), "scheme_facts": scheme_facts(scheme),
        "places": places, "total": sum(place.basis.fen for place in places if place.basis),
        "pool_actions": [
            *_second(membership, month, decided),
            *([_entry("month-pool", _("Enter the pool"), month, pool, "pool")] if may else []),
        ],
        "basis_actions": [_entry("month-basis", _("Enter a base"), month, basis, "basis")] if may else [],
        "exception_actions": (
            [_entry("month-exception", _("Sign an exception"), month, exception, "exception")] if may else []
        ),
    }  # fmt: skip


def pool_facts(pool: PoolDecision | None) -> list[Fact]:
    """The latest entry about the pool."""
    if pool is None:
        return []
    confirmed = (
        f"{pool.confirmed_by.user} {words.moment(pool.confirmed_at)}" if pool.confirmed_by else _("not yet")
    )
    return [
        Fact(_("amount (yuan)"), words.yuan(pool.fen)),
        share_fact(Month.of(pool.month), pool.fen),
        Fact(_("kind of source"), str(pool.get_source_kind_display())),
        Fact(_("source"), pool.source),
        Fact(_("decision number"), pool.document or words.DASH),
        Fact(_("entered by"), f"{pool.entered_by.user} {words.moment(pool.entered_at)}"),
        Fact(_("confirmed by"), confirmed),
    ]


def share_fact(month: Month, fen: int) -> Fact:
    """The fund as a share of performance pay, and whether it keeps its band (S3-37)."""
    found = pools.share_of_pay(month, fen)
    if found.percent is None:
        return Fact(_("share of performance pay"), words.DASH)
    said = {"percent": words.plain(found.percent), "least": words.plain(found.least)}
    sentence = (
        _("%(percent)s%%, within %(least)s%% to %(most)s%%") if found.kept
        else _("%(percent)s%%, outside %(least)s%% to %(most)s%%: the council decides on it")
    )  # fmt: skip
    return Fact(_("share of performance pay"), sentence % {**said, "most": words.plain(found.most)})


def scheme_facts(scheme: SchemeVersion | None) -> list[Fact]:
    """The scheme version in force."""
    if scheme is None:
        return []
    return [
        Fact(_("scheme"), f"{scheme.name} {scheme.version}"),
        Fact(_("in force from"), str(scheme.from_date)),
        Fact(_("decided by"), scheme.decided_by),
        Fact(_("digest"), f"{scheme.digest[:8]}…{scheme.digest[-8:]}"),
    ]


def _second(membership: Membership, month: Month, pool: PoolDecision | None) -> list[Action]:
    """The button of the second person, never of the one who entered it."""
    if pool is None or pool.confirmed_at or not membership.can("month.approve"):
        return []
    if pool.entered_by.user_id == membership.user_id:
        return []
    url = reverse("month-pool-confirm", args=[str(month), pool.pk])
    return [Action(_("Confirm the pool"), url, "check", "primary")]


def _entry(name: str, label: str, month: Month, form: Form, key: str) -> Action:
    return Action(label, reverse(name, args=[str(month)]), "plus", form=form, id=f"act-{key}")


def _confirmation(membership: Membership, month: Month, one: Delivery) -> list[Action]:
    signed = one.exception
    if signed is None or signed.confirmed_at or not membership.can("month.approve"):
        return []
    if signed.signed_by.user_id == membership.user_id:
        return []
    return [Action(_("Confirm"), reverse("month-exception-confirm", args=[str(month), signed.pk]), "check")]
