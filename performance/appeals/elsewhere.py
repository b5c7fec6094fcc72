"""What other rooms show of appeals: the subject of an approval, the way from a ledger entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import evidence
from alliance.models import Membership
from alliance.web import parts, words
from grouping import beside
from performance.appeals import asking, show_cases, show_deciding
from performance.appeals import words as appeal_words
from performance.appeals.involved import sql
from performance.appeals.services import following, posting
from performance.meetings import show_tasks
from performance.models import Appeal, AppealLine


def register() -> None:
    """Make corrections known to approvals and to the ledger, appeals to cases; called in `ready()`."""
    beside.register(asking.beside_case)
    beside.register(show_cases.beside_case)
    show_tasks.register_origin(following.KIND, following.origin)
    name = gettext_lazy("Correction after an appeal")
    registry.register(
        posting.KIND, name=name, digest=posting.digest_of, summary=_summary, title=_title, barred=_involved,
        why_barred=gettext_lazy(
            "You are involved: you filed or examined this appeal, made or checked a number it is about, or "
            "your own pay or your institution's is among those it changes. So you do not decide it."
        ),
    )  # fmt: skip
    evidence.name_journals(posting.KIND, name)
    evidence.name_reasons({
        "pot_fen": gettext_lazy("pot divided (yuan)"),
        "points_of_all": pgettext_lazy("reason", "points of all"),
        "corrected_of_all": gettext_lazy("points of all as corrected"),
        "facts": gettext_lazy("corrected facts"), "consequence": gettext_lazy("number of the deduction"),
    })  # fmt: skip
    evidence.register(posting.KIND, lambda pk: reverse("appeal", args=[pk]), gettext_lazy("appeal"))


def _involved(approvals: Sequence[Approval], members: Sequence[Membership]) -> set[tuple[int, int]]:
    """Who is concerned by the appeals behind approvals, by the database's own rule; one query."""
    about = {approval.about_id: approval.pk for approval in approvals}
    found = sql.involved(list(about), [one.pk for one in members])
    return {(about[appeal], member) for appeal, member in found}


def _title(arguments: Mapping[str, Any]) -> str:
    return _("Appeal %(number)s, %(month)s: %(kind)s") % {
        "number": arguments["number"], "month": words.month(arguments["month"]),
        "kind": Appeal.Kind(arguments["kind"]).label,
    }  # fmt: skip


def _summary(approval: Approval) -> registry.Summary:
    """Everyone affected, before the second person agrees."""
    appeal = Appeal.objects.named().get(pk=approval.about_id)
    found = [
        parts.Fact(_("month"), words.month(appeal.month)),
        parts.Fact(pgettext("appeal", "answer"), appeal.answer),
        parts.Fact(_("decided by"), str(appeal.decided_by.user)),
    ]
    if appeal.bearer:
        found.append(parts.Fact(_("who bears it"), str(appeal.get_bearer_display())))
    rows = AppealLine.objects.filter(appeal=appeal, own__isnull=False)
    for line in rows.select_related("own__run__scheme", "own__staff").order_by("number"):
        if right := appeal.right.get(str(line.number)):
            found.append(parts.Fact(appeal_words.line(line), words.plain(Decimal(right), 6)))
    found += show_cases.facts(appeal)
    if appeal.from_month is not None:
        found.append(parts.Fact(_("changes from"), words.month(appeal.from_month)))
    if appeal.more_why:
        found.append(parts.Fact(_("why more than was asked for"), appeal.more_why))
    for row in posting.entries(appeal):
        who = str(row.staff or row.institution or row.account)
        if pool := show_deciding.of_draft(row).pool:
            who = f"{who} · {pool}"
        change = words.yuan_diff(row.fen)
        if row.before_fen is not None:
            change = f"{words.yuan(row.before_fen)} → {words.yuan(row.after_fen)} ({change})"
        if said := appeal_words.divided(row.why):
            change = f"{change} · {said}"
        found.append(parts.Fact(who, change))
    url, seen = reverse("appeal", args=[appeal.pk]), registry.within(Appeal.objects.seen_by, appeal.pk)
    return registry.Summary("approvals/_subject.html", {"facts": found}, url, seen)
