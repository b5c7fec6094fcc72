"""What other rooms show of corrections: the subject of an approval, the way from a ledger entry."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import evidence
from alliance.lib.period import Month
from alliance.web import words as web_words
from alliance.web.parts import Fact
from grouping.services import locked
from performance.life import facts
from performance.life.services import bearing, clawbacks, exceptions, statements
from performance.life.show_corrections import clawbacks_seen, statements_seen
from performance.models import (
    Clawback,
    ClawbackShare,
    CorrectionLine,
    MonthCorrection,
    Statement,
    StatementLine,
)


def register() -> None:
    """Make corrections known to approvals and to the ledger, decided months to case files; called in the
    app's `ready()`.
    """
    locked.register(facts.taken)
    statement, clawback = gettext_lazy("Insurer's statement"), gettext_lazy("Claw-back")
    for kind, name, digest, summary, address in (
        (statements.KIND, statement, statements.digest_of, _statement, "statement"),
        (clawbacks.KIND, clawback, clawbacks.digest_of, _clawback, "clawback"),
        (
            exceptions.KIND,
            gettext_lazy("Correction of a month"),
            exceptions.digest_of,
            _corrected,
            "month-correction",
        ),
        (clawbacks.CARRY, gettext_lazy("Rest of a claw-back"), clawbacks.digest_of, _carried, "clawback"),
    ):
        registry.register(kind, name=name, digest=digest, summary=summary)
        evidence.name_journals(kind, name)
        evidence.register(kind, _opener(address), name)
    evidence.name_reasons({
        "case": gettext_lazy("number of the case"), "stage": pgettext_lazy("reason", "stage"),
        "bearer": pgettext_lazy("reason", "bearer"), "expected_fen": gettext_lazy("expected (yuan)"),
        "paid_fen": gettext_lazy("had been paid (yuan)"), "due_fen": gettext_lazy("to be borne (yuan)"),
        "before_score": gettext_lazy("score before"), "after_score": gettext_lazy("score after"),
    })  # fmt: skip
    evidence.name_values({
        "bearer": dict(ClawbackShare.Bearer.choices), "stage": dict(Statement.Stage.choices),
    })  # fmt: skip
    evidence.register(statements.CASE, _opener("case"), gettext_lazy("case"))


def _opener(name: str) -> Any:
    return lambda pk: reverse(name, args=[pk])


def _months(row: Any) -> list[Fact]:
    return [
        Fact(_("belongs to"), web_words.month(row.month)), Fact(_("posted into"), web_words.month(row.into)),
    ]  # fmt: skip


def _statement(approval: Approval) -> registry.Summary:
    row = Statement.objects.get(pk=approval.about_id)
    names = {**dict(StatementLine.Cause.choices), "rejected": pgettext("cause", "rejected")}
    facts = [*_months(row), Fact(_("number of the statement"), row.document)]
    facts += [
        Fact(str(names[str(one["cause"])]), web_words.yuan_diff(int(one["fen"])))
        for one in statements.by_cause(row)
    ]
    if row.other_fen:
        facts.append(Fact(row.other_why, web_words.yuan_diff(row.other_fen)))
    return registry.Summary("approvals/_subject.html", {"facts": facts}, reverse("statement", args=[row.pk]),
                            registry.within(statements_seen, row.pk))  # fmt: skip


def _clawback(approval: Approval) -> registry.Summary:
    row = Clawback.objects.select_related("statement").get(pk=approval.about_id)
    shares = list(ClawbackShare.objects.filter(clawback=row))
    facts = [*_months(row), Fact(_("number of the statement"), row.statement.document)]
    facts += [
        Fact(str(label), web_words.yuan(sum(one.fen for one in shares if one.bearer == bearer)))
        for bearer, label in ClawbackShare.Bearer.choices
    ]
    facts.append(Fact(_("reason"), row.reason))
    return registry.Summary("approvals/_subject.html", {"facts": facts}, reverse("clawback", args=[row.pk]),
                            registry.within(clawbacks_seen, row.pk))  # fmt: skip


def _carried(approval: Approval) -> registry.Summary:
    row = Clawback.objects.select_related("statement").get(pk=approval.about_id)
    into = Month.parse(approval.terms["into"])
    found = bearing.taken(bearing.rest_of(row), into)
    facts = [
        Fact(_("number of the statement"), row.statement.document),
        Fact(_("from the pay of"), web_words.month(into)),
        Fact(_("people"), str(len({one.share.staff_id for one in found}))),
        Fact(_("taken now (yuan)"), web_words.yuan(sum(one.now_fen for one in found))),
        Fact(_("carried on (yuan)"), web_words.yuan(sum(one.later_fen for one in found))),
    ]
    return registry.Summary("approvals/_subject.html", {"facts": facts}, reverse("clawback", args=[row.pk]),
                            registry.within(clawbacks_seen, row.pk))  # fmt: skip


def _corrected(approval: Approval) -> registry.Summary:
    row = MonthCorrection.objects.select_related("exception__institution").get(pk=approval.about_id)
    facts = [*_months(row), Fact(_("institution"), row.exception.institution.name)]
    facts += [
        Fact(" · ".join([*([one.pool.title] if one.pool else []), one.institution.short_name]),
             web_words.yuan_diff(one.diff_fen))
        for one in CorrectionLine.objects.filter(correction=row).select_related("institution", "pool")
    ]  # fmt: skip
    facts.append(Fact(_("reason"), row.exception.reason))
    return registry.Summary(
        "approvals/_subject.html", {"facts": facts}, reverse("month-correction", args=[row.pk])
    )
