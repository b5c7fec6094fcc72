"""The lists of the ledger: journals, entries of a journal, movements of an account, trial balance."""

from __future__ import annotations

# django-tables2 and django-filter carry no types: their calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc,name-defined"
import re
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.ledger import evidence, facts
from alliance.ledger.models import Account, Entry, LedgerJournal
from alliance.lib.period import Month
from alliance.web import lists, words
from alliance.web.asked import MonthFilter


class YuanColumn(tables.Column):
    """An amount of fen as yuan, at the right."""

    def __init__(self, verbose_name: Any, **extra: Any) -> None:
        super().__init__(verbose_name=verbose_name, **{"attrs": lists.NUMBER, **extra})

    def render(self, value: int) -> str:
        return words.yuan(value)


class JournalTable(lists.Table):
    """One line a journal."""

    pk = tables.Column(
        verbose_name=gettext_lazy("ledger journal"),
        linkify=("ledger-journal", [tables.A("pk")]),
        attrs=lists.HEAD,
    )
    debit_fen = YuanColumn(gettext_lazy("moved (yuan)"), attrs=lists.KEY)
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    text = tables.Column(verbose_name=gettext_lazy("journal text"), attrs=lists.WRAP)
    about_month = tables.Column(verbose_name=gettext_lazy("belongs to"))
    entries_count = tables.Column(verbose_name=gettext_lazy("ledger entries"), attrs=lists.NUMBER)
    posted_by = tables.Column(verbose_name=gettext_lazy("posted and confirmed by"))
    posted_at = tables.Column(verbose_name=gettext_lazy("posted at"), attrs=lists.DESK)

    def render_kind(self, record: LedgerJournal) -> str:
        return evidence.journal_name(record.kind)

    def render_text(self, record: LedgerJournal) -> str:
        undone = getattr(record, "undone", False)
        return _("%(text)s (reversed)") % {"text": record.text} if undone else record.text

    def render_about_month(self, record: LedgerJournal) -> str:
        return words.month(record.about_month)

    def render_posted_by(self, record: LedgerJournal) -> str:
        return f"{record.posted_by.user} · {record.confirmed_by.user}"

    def render_posted_at(self, record: LedgerJournal) -> str:
        return words.moment(record.posted_at)


class EntryTable(lists.Table):
    """One line an entry: received or given, why, and the way down to what caused it."""

    number = tables.Column(verbose_name=gettext_lazy("line"), attrs=lists.HEAD)
    account = tables.Column(
        verbose_name=gettext_lazy("account"), linkify=("ledger-account", [tables.A("account_id")])
    )
    debit = YuanColumn(gettext_lazy("debit (yuan)"), accessor="fen", attrs=lists.KEY)
    credit = YuanColumn(gettext_lazy("credit (yuan)"), accessor="fen")
    reason = tables.Column(verbose_name=gettext_lazy("reason"), attrs=lists.WRAP)
    evidence_id = tables.Column(verbose_name=gettext_lazy("evidence"), default="—")

    def render_debit(self, value: int) -> str:
        return words.yuan(value) if value > 0 else ""

    def render_credit(self, value: int) -> str:
        return words.yuan(-value) if value < 0 else ""

    def render_reason(self, value: dict[str, Any]) -> str:
        return reason_text(value)

    def render_evidence_id(self, record: Entry) -> SafeString | str:
        return evidence_link(record)


class StatementTable(lists.Table):
    """One line a movement, with the balance after it."""

    journal = tables.Column(
        verbose_name=gettext_lazy("ledger journal"), accessor="journal_id",
        linkify=("ledger-journal", [tables.A("journal_id")]), attrs=lists.HEAD,
    )  # fmt: skip
    fen = YuanColumn(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    month = tables.Column(verbose_name=gettext_lazy("month"), accessor="journal__period__month")
    kind = tables.Column(verbose_name=gettext_lazy("kind"), accessor="journal__kind")
    reason = tables.Column(verbose_name=gettext_lazy("reason"), attrs=lists.WRAP)
    balance_fen = YuanColumn(gettext_lazy("balance (yuan)"))
    evidence_id = tables.Column(verbose_name=gettext_lazy("evidence"), default="—")

    def render_fen(self, value: int) -> str:
        return words.yuan_diff(value)

    def render_month(self, value: Any) -> str:
        return words.month(value)

    def render_kind(self, value: str) -> str:
        return evidence.journal_name(value)

    def render_reason(self, value: dict[str, Any]) -> str:
        return reason_text(value)

    def render_evidence_id(self, record: Entry) -> SafeString | str:
        return evidence_link(record)


class TrialTable(lists.Table):
    """One line an account that moved."""

    code = tables.Column(
        verbose_name=gettext_lazy("account"), linkify=("ledger-account", [tables.A("pk")]), attrs=lists.HEAD
    )
    closing_fen = YuanColumn(gettext_lazy("closing balance (yuan)"), attrs=lists.KEY)
    name = tables.Column(verbose_name=gettext_lazy("name"), accessor="shown_name")
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    opening_fen = YuanColumn(gettext_lazy("opening balance (yuan)"))
    debit_fen = YuanColumn(gettext_lazy("debit (yuan)"))
    credit_fen = YuanColumn(gettext_lazy("credit (yuan)"))

    class Meta(lists.Table.Meta):
        sequence = ("code", "name", "kind", "opening_fen", "debit_fen", "credit_fen", "closing_fen")


def month_choices() -> list[tuple[str, str]]:
    """The months that have books, newest first."""
    return [(str(month), words.month(str(month))) for month in facts.months()]


class TrialFilter(django_filters.FilterSet):
    """The month (none: all months), and accounts of one kind."""

    month = MonthFilter(
        label=gettext_lazy("month"),
        choices=month_choices,
        method="of_month",
        empty_label=gettext_lazy("all months"),
    )
    kind = django_filters.ChoiceFilter(label=gettext_lazy("kind"), choices=Account.Kind.choices)
    code = django_filters.CharFilter(label=gettext_lazy("code begins with"), lookup_expr="startswith")

    def of_month(self, accounts: QuerySet[Account], name: str, value: Month) -> QuerySet[Account]:
        """The view has already taken the sums of the month."""
        return accounts


def evidence_link(entry: Entry) -> SafeString | str:
    """The evidence of an entry as a link; its name alone where its room has no page."""
    label = f"{evidence.name(entry.evidence_kind)} {entry.evidence_id}"
    url = evidence.url(entry.evidence_kind, entry.evidence_id)
    return format_html('<a href="{}">{}</a>', url, label) if url else label


def reason_text(reason: dict[str, Any]) -> str:
    """A reason in one line: the rule and its parts by their names, codes by their words."""
    by_sheet = reason.get("rule") == "share" and "entitled_fen" in reason
    return " · ".join(
        (_("share of the pool by its sheet") if by_sheet else rule_name(value))
        if key == "rule"
        else f"{reason_name(key)} {_part(key, value)}"
        for key, value in reason.items()
    )


def rule_name(code: Any) -> str:
    """The rule by which an amount came about; journals' kinds are rules too."""
    rules = {"share": _("share of the pool by weight"), "pool": _("the pool that is shared out")}
    return rules.get(str(code)) or evidence.journal_name(str(code))


def _part(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if (word := evidence.reason_value(key, value)) is not None:
        return word
    if key.endswith("_fen") and re.fullmatch("-?[0-9]+", str(value)):  # factors are kept as text
        return words.yuan(int(value))
    return plain(value)


def reason_name(key: str) -> str:
    """The word for a part of a reason."""
    names = {
        "rule": _("rule"), "weight": _("weight"), "weights": _("weights"), "line": _("line"),
        "pool": _("pool"),
        "remainder_rank": _("rank of the remainder"), "remainder": _("remainder"), "ids": _("caused by"),
        "reverses": _("reverses journal"), "score": _("score"), "basis_fen": _("basis (yuan)"),
        "quota": _("exact share (fen)"), "got_extra_fen": _("one fen more by largest remainder"),
        "settlement": _("number of the month’s run"), "payer": _("payer"), "payee": _("payee"),
        "owed_fen": _("owed (yuan)"), "back_fen": _("owed back (yuan)"), "base_fen": _("base (yuan)"),
        "points": _("points"), "percent": _("percent"), "document": _("decision number"),
        "before_fen": _("before (yuan)"), "after_fen": _("after (yuan)"),
        "corrected": _("points as corrected"), "lot": _("lot of payments"),
        "reference": _("number of the payment"),
        "mean_score": _("mean score of the others"),
        "alike_score": _("in place of the score: all of the group scored 0"), "evidence": _("evidence"),
        "month": _("month"), "reason": _("reason"),
    }  # fmt: skip
    return str(names.get(key) or evidence.reason_name(key))


def plain(value: Any) -> str:
    """A value of plain JSON as text, without brackets of a programming language."""
    if isinstance(value, list):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {plain(item)}" for key, item in value.items())
    return "—" if value is None else str(value)
