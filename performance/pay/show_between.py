"""What pages say of transfers between institutions: for which record each is, what changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import parts, words
from alliance.web.access import way
from performance.models import PayPool, PayTransfer
from performance.models.pay import RUN, PayKind
from performance.pay.services import owed
from referrals import facts as referrals
from referrals.consultations import facts as consultations

SHORT: Mapping[str, Any] = {
    PayKind.TRANSFER: pgettext_lazy("pool", "transfers"), PayKind.RETURN: gettext_lazy("fee returns"),
    PayKind.SERVICE: gettext_lazy("consultations"),
}  # fmt: skip
NAMED = 5  # differences a note names; the others are counted


def records(rows: Iterable[PayTransfer], membership: Membership) -> Mapping[owed.Key, parts.Fact]:
    """The record behind each row, with its number and where it opens; two queries for any number of rows."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.evidence_kind].add(row.evidence_id)
    found: dict[owed.Key, parts.Fact] = {}
    for kind, room, said in (
        (owed.REFERRAL, referrals, _("referral %(number)s")),
        (owed.CONSULTATION, consultations, _("consultation %(number)s")),
    ):
        if ids[kind]:
            for pk, number in room.named(ids[kind]).values_list("pk", "number"):
                found[kind, pk] = parts.Fact(said % {"number": number}, url=way(membership, kind, pk))
    return found


@dataclass(frozen=True)
class Changed:
    """An evidence that owes another amount today than the books have, and the row that would book it."""

    kind: str
    payer: str
    payee: str
    record: parts.Fact
    row: PayTransfer

    @property
    def shown(self) -> str:
        """Whom it is between, for which record, and both amounts."""
        return (
            f"{self.payer} → {self.payee} · {self.record.name} "
            f"{words.yuan(self.row.paid_fen)} → {words.yuan(self.row.owed_fen)}"
        )


def changed(month: Month, membership: Membership, now: datetime) -> list[Changed]:
    """What became different after the month's pools were booked, of the pairs the member knows (second wall);
    a number of queries that does not grow.
    """
    here = membership.institution_id
    rows = [
        (kind, row)
        for kind, of in owed.changed(month, now).items()
        for row in of
        if here is None or here in (row.payer_id, row.payee_id)
    ]
    if not rows:
        return []
    known = records([row for _kind, row in rows], membership)
    names = dict(Institution.objects.values_list("pk", "short_name"))
    return [
        Changed(
            str(PayKind(kind).label), names[row.payer_id], names[row.payee_id],
            known.get((row.evidence_kind, row.evidence_id), parts.Fact(words.DASH)), row,
        )
        for kind, row in rows
    ]  # fmt: skip


def panel(month: Month, membership: Membership, now: datetime) -> dict[str, Any]:
    """The same as a table, with what the office may do about it."""
    found = changed(month, membership, now)
    return {
        "changed": found, "changed_sum": sum(one.row.fen for one in found),
        "books_it": _actions(month, membership, found) if found else [],
    }  # fmt: skip


def _actions(month: Month, membership: Membership, found: Iterable[Changed]) -> list[parts.Action]:
    """One supplement a kind; where one is under way, the way to it."""
    if membership.institution_id is not None or not membership.can(RUN):
        return []
    kinds = {one.kind for one in found}
    pools = PayPool.objects.filter(month=month.first_day, source="between").exclude(state="posted")
    under_way = {str(one.get_kind_display()): one for one in pools}
    actions = []
    for kind in (one for one in PayKind if str(one.label) in kinds):
        name = str(kind.label)
        if pool := under_way.get(name):
            url = reverse("pay-pool", args=[pool.pk])
            actions.append(parts.Action(str(pool.title), url, "arrow", get=True))
        else:
            url = f"{reverse('pay-begin')}?kind={kind.value}&month={month}"
            said = _("Book the difference: %(kind)s") % {"kind": SHORT[kind]}
            actions.append(parts.Action(said, url, "plus", get=True))
    return actions


def note(month: Month, membership: Membership, now: datetime) -> list[dict[str, Any]]:
    """What a page of the month says of it: nothing is recalculated silently (practice.md 3); none where the
    books say what is owed.
    """
    found = changed(month, membership, now)
    if not found:
        return []
    said = ngettext(
        "%(n)d amount between institutions is another one today than in the books: %(diff)s yuan. Two people "
        "book the difference into an open month.",
        "%(n)d amounts between institutions are others today than in the books: %(diff)s yuan. Two people "
        "book the difference into an open month.",
        len(found),
    ) % {"n": len(found), "diff": words.yuan_diff(sum(one.row.fen for one in found))}
    items = [parts.Fact(one.shown) for one in found[:NAMED]]
    if url := way(membership, "payout-between"):
        items.append(parts.Fact(_("Between institutions"), url=f"{url}?month={month}"))
    return [{"kind": "warn", "text": said, "items": items}]
