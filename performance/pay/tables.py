"""The lists of pay: pools, pots, a person's lines, the shares and transfers of one pool."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.models import PayPool, PayPot, PayTransfer
from performance.models.pay import PayKind
from performance.pay import show_between, words


class Yuan(tables.Column):
    """Fen as yuan, right-aligned."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(verbose_name=label, **{"attrs": lists.NUMBER, **more})

    def render(self, value: int) -> str:
        """1,234.56."""
        return web_words.yuan(value)


class PoolTable(lists.Table):
    """One line a pool."""

    title = tables.Column(
        verbose_name=gettext_lazy("pool"), linkify=("pay-pool", [tables.A("pk")]), attrs=lists.HEAD
    )
    month = tables.Column(verbose_name=gettext_lazy("month"))
    kind = tables.Column(verbose_name=gettext_lazy("kind"), attrs=lists.WRAP)
    source = tables.Column(verbose_name=gettext_lazy("kind of source"), attrs=lists.WRAP)
    fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_state(self, record: PayPool) -> SafeString:
        """As a chip."""
        return words.pool_chip(record)


class PotTable(lists.Table):
    """One line a pot."""

    place = tables.Column(
        verbose_name=gettext_lazy("department or team"), linkify=("pay-pot", [tables.A("pk")]),
        attrs=lists.HEAD, empty_values=(),
    )  # fmt: skip
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    pool = tables.Column(verbose_name=gettext_lazy("pool"), accessor="pool__title", attrs=lists.WRAP)
    month = tables.Column(verbose_name=gettext_lazy("month"), accessor="pool__month")
    people = tables.Column(verbose_name=gettext_lazy("people"), attrs=lists.NUMBER)
    fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    shown_until = tables.Column(verbose_name=gettext_lazy("shown until"), default="—")
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_people(self, value: Any) -> str:
        """How many."""
        return web_words.num(len(value))

    def render_shown_until(self, value: Any) -> str:
        """As people say it."""
        return web_words.until(value)

    def render_state(self, record: PayPot) -> SafeString:
        """As a chip."""
        return words.pot_chip(record)


class ShareTable(lists.Table):
    """One line an institution of a pool."""

    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", attrs=lists.HEAD
    )
    fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    taken_fen = Yuan(gettext_lazy("taken (yuan)"))
    score = tables.Column(verbose_name=gettext_lazy("score"), accessor="factors", attrs=lists.NUMBER)
    basis = tables.Column(verbose_name=gettext_lazy("basis (yuan)"), accessor="factors", attrs=lists.NUMBER)
    made = tables.Column(verbose_name=gettext_lazy("pots"), attrs=lists.NUMBER)
    posted = tables.Column(verbose_name=gettext_lazy("in the books"), attrs=lists.NUMBER)

    def render_score(self, value: Any) -> str:
        """Of 100."""
        return web_words.assessed(dict(value).get("score"), 4)

    def render_basis(self, value: Any) -> str:
        """In yuan."""
        found = dict(value).get("basis_fen")
        return web_words.yuan(int(found) if found is not None else None)


class TransferTable(lists.Table):
    """One line a fact that one institution owes another for."""

    payer = tables.Column(verbose_name=gettext_lazy("payer"), accessor="payer__short_name", attrs=lists.HEAD)
    payee = tables.Column(verbose_name=gettext_lazy("payee"), accessor="payee__short_name")
    evidence_id = tables.Column(verbose_name=gettext_lazy("evidence"), attrs=lists.WRAP)
    fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    base_fen = Yuan(gettext_lazy("base (yuan)"))
    percent = tables.Column(verbose_name=gettext_lazy("percent"), attrs=lists.NUMBER, default="—")

    @cached_property
    def records(self) -> Mapping[Any, Any]:
        """What the rows of this page are for."""
        return show_between.records([one.record for one in self.paginated_rows], self.request.membership)

    def render_evidence_id(self, record: PayTransfer, value: int) -> SafeString | str:
        """Number of the record, opened where the member may."""
        found = self.records.get((record.evidence_kind, value))
        if found is None or not found.url:
            return found.name if found else str(value)
        return format_html('<a href="{}">{}</a>', found.url, found.name)

    def render_percent(self, value: Any) -> str:
        """60%."""
        return f"{web_words.plain(value)}%"


class SupplementTable(TransferTable):
    """The same of a supplement, beside what earlier pools of the month have booked of each."""

    paid_fen = Yuan(gettext_lazy("in the books before (yuan)"))


def months(request: Any) -> list[tuple[str, str]]:
    """Months with a pool the member sees, newest first; one query."""
    rows = PayPool.objects.seen_by(request.membership).order_by("-month").values_list("month", flat=True)
    return [(str(Month.of(day)), web_words.month(day)) for day in rows.distinct()]


def places(membership: Membership) -> Any:
    """Institutions paid, and that the member sees."""
    rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)


class PoolFilter(django_filters.FilterSet):
    """Conditions of the pools."""

    month = asked.MonthFilter(
        label=gettext_lazy("month"), choices=list, empty_label=gettext_lazy("Month: all")
    )
    kind = django_filters.ChoiceFilter(
        choices=PayKind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )
    state = django_filters.ChoiceFilter(
        choices=PayPool.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )

    class Meta:
        model = PayPool
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["month"].choices = [("", _("Month: all")), *months(self.request)]


class PotFilter(django_filters.FilterSet):
    """Conditions of the pots."""

    month = asked.MonthFilter(
        label=gettext_lazy("month"), field_name="pool__month", choices=list,
        empty_label=gettext_lazy("Month: all"),
    )  # fmt: skip
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        choices=PayPot.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )

    class Meta:
        model = PayPot
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["month"].choices = [("", _("Month: all")), *months(self.request)]


def no_pool() -> Empty:
    """What stands where no pool is."""
    return Empty(
        _("No pool yet"),
        _("A pool begins at a posted month, at a source account, or at facts of collaboration."), icon="coin",
    )  # fmt: skip


def no_pot() -> Empty:
    """What stands where no pot is."""
    return Empty(_("No pot here"), _("Departments and teams get theirs when a pool is posted."), icon="coin")


def no_line() -> Empty:
    """What stands where a person has no line."""
    return Empty(
        _("No amount yet"),
        _("An amount appears here when the department shows its plan to you."), icon="coin",
    )  # fmt: skip
