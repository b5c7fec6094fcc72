"""What the pages of pools show: where each yuan came from and where it went."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import proposals
from alliance.ledger import show as ledger
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.life import facts as life
from performance.models import FundEntry, PayPool, PayPot, PayRule, PayShare, PayTransfer
from performance.models.pay import RUN
from performance.pay import words
from performance.pay.services import posting

State = PayPool.State


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("pay-mine", pgettext("pay", "My pay")), ("payout-mine", _("My bank account")),
        ("pay-pots", _("Second distribution")),
        ("pay", _("Pools of pay")), ("pay-entitlements", _("Entitlement sheets")),
        ("pay-uplifts", _("Uplifts of pay totals")),
        ("pay-sources", _("Sources and limits")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]


def runs(membership: Membership) -> bool:
    """Whether the member makes pools."""
    return membership.institution_id is None and membership.can(RUN)


def page(pool: PayPool, membership: Membership) -> dict[str, Any]:
    """One pool: where it came from, what became of it, what the member may do now."""
    return {
        "title": pool.title, "pool": pool, "chip": words.pool_chip(pool), "figs": figures(pool, membership),
        "roster": way(membership, "pay-roster", pool.period) if pool.persons else "",
        "origin": origin(pool, membership), "facts_pool": facts(pool, membership),
        "actions": actions(pool, membership), "history": parts.history(pool),
        "rooms": tabs("pay", membership),
        "between": pool.source == "between", "ended": ended(pool), **reversal(pool, membership),
    }  # fmt: skip


def reversal(pool: PayPool, membership: Membership) -> dict[str, Any]:
    """That the pool was taken back, by which journal and why; else the way back, or why there is none now."""
    if pool.reversal is not None:
        return {"undone": pool.reversal, "back": way(membership, "ledger-journal", pool.reversal_id)}
    whole = membership.institution_id is None
    if pool.journal is None or not whole or not membership.can("ledger.reverse"):
        return {}
    if proposals.waiting(proposals.REVERSE, pool.journal.pk):
        return {"back": way(membership, "ledger-journal", pool.journal.pk)}
    refused = ledger.refusal(pool.journal)
    return {"stands": refused, "reversing": ledger.reversing(pool.journal, membership, not refused, None)}


def shares(pool: PayPool, membership: Membership) -> QuerySet[Any]:
    """The institutions' shares the member may know, with how far their pots have come."""
    rows = PayShare.objects.filter(pool=pool).select_related("institution").order_by("institution__code")
    if membership.institution_id is not None:
        rows = rows.filter(institution=membership.institution_id)
    counted: QuerySet[Any] = rows.annotate(
        made=Count("pots"), posted=Count("pots", filter=Q(pots__state=PayPot.State.POSTED)),
    )  # fmt: skip
    return counted


def transfers(pool: PayPool, membership: Membership) -> QuerySet[Any]:
    """The transfers the member may know."""
    rows: QuerySet[Any] = PayTransfer.objects.filter(pool=pool).select_related("payer", "payee")
    here = membership.institution_id
    return rows if here is None else rows.filter(Q(payer=here) | Q(payee=here))


def figures(pool: PayPool, membership: Membership) -> list[parts.Fig]:
    """Amount, shares or transfers, pots and what has reached persons; of one institution its own."""
    here = membership.institution_id
    own = {} if here is None else {"institution": here}
    if pool.source == "between":
        moved = transfers(pool, membership).values_list("fen", flat=True)
        return [parts.Fig(_("amount"), web_words.yuan(sum(moved)), _("yuan")),
                parts.Fig(_("transfers"), web_words.num(len(moved)))]  # fmt: skip
    given = list(PayShare.objects.filter(pool=pool, **own).values_list("fen", flat=True))
    pots = list(PayPot.objects.filter(pool=pool, **own).values_list("fen", "state"))
    there = sum(fen for fen, state in pots if state == PayPot.State.POSTED)
    found = [
        parts.Fig(_("amount"), web_words.yuan(sum(given)), _("yuan")),
        parts.Fig(_("institutions"), web_words.num(len(given))),
    ]
    if pool.persons:
        found += [
            parts.Fig(_("pots"), web_words.num(len(pots))),
            parts.Fig(_("in the books of persons"), web_words.yuan(there), _("yuan")),
        ]
    return found


def origin(pool: PayPool, membership: Membership) -> list[parts.ChainLink]:
    """From the source to the pool."""
    if pool.fund is not None:
        entries = FundEntry.objects.standing().filter(fund=pool.fund).order_by("day", "pk")
        fed = sum(one.fen for one in entries)
        told = [parts.Fact(web_words.day(one.day), f"{one.body} {one.document}") for one in entries]
        top = parts.ChainLink(
            _("source account"), pool.fund.name, fed, way(membership, "pay-sources"), facts=told
        )
    elif pool.run is not None and pool.run.settlement is not None:
        decision = pool.run.settlement.pool
        top = parts.ChainLink(
            _("month"), web_words.month(pool.month), decision.fen, way(membership, "month", str(pool.period)),
            facts=[
                parts.Fact(_("source"), decision.source),
                *([parts.Fact(_("decision number"), decision.document)] if decision.document else []),
            ],
        )  # fmt: skip
    else:
        return []
    own = parts.ChainLink(_("pool"), pool.title, pool.fen, facts=[
        parts.Fact(_("kind of source"), str(pool.get_source_display()))], here=True)  # fmt: skip
    if pool.entitlement is None:
        return [top, own]
    sheet = pool.entitlement
    seen = type(sheet).objects.seen_by(membership).filter(pk=sheet.pk).exists()
    url = way(membership, "pay-entitlement", sheet.pk) if seen else ""
    told = [parts.Fact(_("decision number"), sheet.document)]
    return [top, parts.ChainLink(_("entitlement sheet"), str(sheet), sheet.fen, url, facts=told), own]


def facts(pool: PayPool, membership: Membership) -> list[parts.Fact]:
    """Kind, rule, decision, red lines, books."""
    found = [
        parts.Fact(_("kind"), str(pool.get_kind_display())),
        parts.Fact(_("month"), web_words.month(pool.month)),
        parts.Fact(_("kind of source"), str(pool.get_source_display())),
    ]
    if pool.document:
        found.append(parts.Fact(_("decision number"), pool.document))
    if pool.rule is not None:
        found += rule_facts(pool.rule)
    charges = "、".join(str(words.CHARGES[one]) for one in pool.charges)
    found.append(parts.Fact(_("is paid on to persons"), _("yes") if pool.persons else _("no")))
    found.append(parts.Fact(_("the basis contains"), charges or _("nothing that is prescribed or ordered")))
    found.append(
        parts.Fact(pgettext("payout", "made by"), f"{pool.made_by.user} {web_words.moment(pool.made_at)}")
    )
    if pool.approval is not None:
        url = way(membership, "approval", pool.approval_id)
        found.append(parts.Fact(_("approval"), str(pool.approval.get_state_display()), url))
    if pool.journal_id is not None:
        url = way(membership, "ledger-journal", pool.journal_id)
        found.append(parts.Fact(_("ledger journal"), str(pool.journal_id), url))
    found.append(parts.Fact(_("digest"), f"{pool.digest[:8]}…{pool.digest[-8:]}"))
    return found


def rule_facts(row: PayRule) -> list[parts.Fact]:
    """The numbers of a rule with its version."""
    rule = row.rule()
    numbers = [f"{words.group(group)} {web_words.plain(number)}" for group, number in rule.coefficients]
    found = [
        parts.Fact(_("rule"), f"{web_words.month(row.from_date)} · {row.revision} · {row.decided_by}"),
        parts.Fact(_("coefficients of groups"), _(", ").join(numbers)),
        parts.Fact(_("administration"), f"{_('clinical mean')} × {web_words.plain(rule.administration)}"),
        parts.Fact(
            _("weight of a department"),
            _("points by roster × score") if rule.basis == "score" else _("points by roster"),
        ),
    ]
    if rule.team_percent:
        found.append(parts.Fact(_("to teams first (%)"), f"{web_words.plain(rule.team_percent)}%"))
    return found


def ended(pool: PayPool) -> str:
    """That the month has ended and where the pool will be booked; '' while its books are open or hold it."""
    into = posting.posted_into(pool.period, timezone.now())
    if pool.state in (State.POSTED, State.REVERSED) or into == pool.period:
        return ""
    row = life.life(pool.period)
    text = _(
        "%(month)s has ended: %(state)s, its books are closed. This pool will be booked in %(into)s and "
        "names the month it belongs to."
    )
    return text % {
        "month": web_words.month(pool.month), "into": web_words.month(into.first_day),
        "state": row.get_state_display() if row else _("closed"),
    }  # fmt: skip


def actions(pool: PayPool, membership: Membership) -> list[parts.Action]:
    """Propose or discard a draft."""
    if pool.state != State.DRAFT or not runs(membership):
        return []
    version = f"?version={pool.version}"
    return [
        parts.Action(
            _("Propose for approval"),
            reverse("pay-pool-act", args=[pool.pk, "propose"]) + version,
            "up",
            "primary",
        ),
        parts.Action(_("Discard"), reverse("pay-pool-act", args=[pool.pk, "discard"]) + version, "x"),
    ]


def group_lines(pot: PayPot) -> list[parts.FormulaLine]:
    """The stored steps that lead to a pot's group of staff (of its own department, where a sheet named
    departments) or to the teams.
    """
    wanted = ("team",) if pot.group == PayPot.Group.TEAM else ("unit", pot.group)
    here = (pot.institution.code, pot.unit_key)
    return [
        words.line(words.group(one["code"]), step["fen"], one, Decimal(step["weight"]))
        for step in pot.share.groups if step.get("of", pot.institution.code) in here
        for one in step["shares"] if one["code"] in wanted
    ]  # fmt: skip


def summary(approval: Approval) -> registry.Summary:
    """What the second person reads before agreeing."""
    pool = PayPool.objects.named().get(pk=approval.about_id)
    found = [
        parts.Fact(_("pool"), pool.title),
        parts.Fact(_("kind"), str(pool.get_kind_display())),
        parts.Fact(_("month"), web_words.month(pool.month)),
        parts.Fact(_("amount (yuan)"), web_words.yuan(pool.fen)),
        parts.Fact(_("kind of source"), str(pool.get_source_display())),
    ]
    if said := ended(pool):
        found.append(parts.Fact(_("posted into"), said))
    if pool.source == "between":
        found.append(parts.Fact(_("transfers"), web_words.num(PayTransfer.objects.filter(pool=pool).count())))
    else:
        found += [
            parts.Fact(row.institution.short_name, web_words.yuan(row.fen))
            for row in PayShare.objects.filter(pool=pool).select_related("institution").order_by("-fen")
        ]
        found.append(parts.Fact(_("pots"), web_words.num(PayPot.objects.filter(pool=pool).count())))
    url, seen = reverse("pay-pool", args=[pool.pk]), registry.within(PayPool.objects.seen_by, pool.pk)
    return registry.Summary("approvals/_subject.html", {"facts": found}, url, seen)


def month_url(month: Month) -> str:
    """The pools of a month."""
    return f"{reverse('pay')}?month={month}"
