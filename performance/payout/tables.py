"""The lists of paying out: lots, payments of one, accounts, rows of the banks' answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.lib.period import Month
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.models import PayoutAccount, PayoutLot, PayoutPayment, PayoutRow, PayoutTemplate
from performance.models.payout_lots import LotState
from performance.pay.tables import Yuan, places
from performance.payout import words
from performance.payout.services import accounts, returned


class LotTable(lists.Table):
    """One line a lot."""

    code = tables.Column(
        verbose_name=gettext_lazy("lot"), linkify=("payout-lot", [tables.A("pk")]), attrs=lists.HEAD,
        empty_values=(),
    )  # fmt: skip
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    month = tables.Column(verbose_name=gettext_lazy("month"))
    people = tables.Column(verbose_name=gettext_lazy("people"), attrs=lists.NUMBER)
    fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    fen_paid = Yuan(gettext_lazy("paid (yuan)"))
    n_returned = tables.Column(verbose_name=pgettext_lazy("lot", "returned"), attrs=lists.NUMBER)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_state(self, value: str) -> SafeString:
        """As a chip."""
        return words.lot_chip(value)


class PaymentTable(lists.Table):
    """One line a person of a lot."""

    number = tables.Column(verbose_name=pgettext_lazy("payout", "number"), attrs=lists.HEAD)
    staff = tables.Column(verbose_name=pgettext_lazy("pay", "person"), accessor="staff__name")
    code = tables.Column(verbose_name=gettext_lazy("staff number"), accessor="staff__code")
    account = tables.Column(verbose_name=gettext_lazy("bank account"), accessor="account__masked")
    fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    corrected_fen = tables.Column(verbose_name=gettext_lazy("of it corrections (yuan)"), attrs=lists.NUMBER)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_corrected_fen(self, record: Any) -> str:
        """With the months it belongs to."""
        return words.corrected(record) or web_words.DASH

    def render_state(self, record: PayoutPayment) -> SafeString:
        """As a chip."""
        return words.payment_chip(record)


class AccountTable(lists.Table):
    """One line a version of a person's account."""

    staff = tables.Column(
        verbose_name=pgettext_lazy("pay", "person"), attrs=lists.HEAD, accessor="staff__name"
    )
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="staff__institution__short_name"
    )
    bank = tables.Column(verbose_name=gettext_lazy("bank"))
    masked = tables.Column(verbose_name=gettext_lazy("bank account"), attrs=lists.KEY)
    entered_by = tables.Column(verbose_name=gettext_lazy("entered by"), accessor="entered_by__user")
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=())
    open = tables.Column(verbose_name="", empty_values=(), accessor="staff_id")

    @cached_property
    def banks(self) -> Mapping[str, PayoutTemplate]:
        """The banks by their codes; one query for the page."""
        return accounts.banks()

    @cached_property
    def came_back(self) -> Mapping[int, str]:
        """What banks said of payments that came back, by account; one query for the page."""
        return returned.said()

    def render_bank(self, value: str) -> str:
        """By its name."""
        return accounts.bank_name(value, self.banks)

    def render_state(self, record: PayoutAccount) -> SafeString:
        """As a chip."""
        if record.declined_at is not None:
            return chip("", _("declined"))
        if record.confirmed_at is None:
            return chip("warn", _("waits for a second person"))
        if record.pk in self.came_back:
            return chip("late", _("a payment came back"))
        return (
            chip("ok", pgettext("payout", "confirmed"))
            if record.seen_at
            else chip("info", _("its owner has not seen it"))
        )

    def render_open(self, record: PayoutAccount) -> SafeString:
        """The page of the person's account."""
        return SafeString(
            f'<a class="link" href="{reverse("payout-account", args=[record.staff_id])}">{_("Open")}</a>'
        )


class RowTable(lists.Table):
    """One line a row of an answer."""

    lot = tables.Column(
        verbose_name=gettext_lazy("lot"), accessor="result__lot", attrs=lists.HEAD,
        linkify=("payout-row", [tables.A("pk")]),
    )  # fmt: skip
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    person = tables.Column(
        verbose_name=pgettext_lazy("pay", "person"), accessor="payment__staff__name", default="—"
    )
    fen = Yuan(gettext_lazy("bank (yuan)"), attrs=lists.KEY, default="—")
    expected_fen = Yuan(gettext_lazy("sent (yuan)"), default="—")
    says = tables.Column(verbose_name=gettext_lazy("state of the bank"), default="—")
    action = tables.Column(verbose_name=gettext_lazy("decided"), default="—")

    def render_kind(self, record: PayoutRow) -> SafeString:
        """As a chip."""
        return words.row_chip(record)


def months(request: Any) -> list[tuple[str, str]]:
    """Months with a lot the member sees, newest first; one query."""
    rows = PayoutLot.objects.seen_by(request.membership).order_by("-month").values_list("month", flat=True)
    return [(str(Month.of(day)), web_words.month(day)) for day in rows.distinct()]


class LotFilter(django_filters.FilterSet):
    """Conditions of the lots."""

    month = asked.MonthFilter(
        label=gettext_lazy("month"), choices=list, empty_label=gettext_lazy("Month: all")
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        choices=LotState.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )

    class Meta:
        model = PayoutLot
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["month"].choices = [("", _("Month: all")), *months(self.request)]


class AccountFilter(django_filters.FilterSet):
    """Conditions of the accounts."""

    STATES = [
        ("waiting", gettext_lazy("waits for a second person")),
        ("returned", gettext_lazy("a payment came back")),
    ]  # fmt: skip

    institution = django_filters.ModelChoiceFilter(
        field_name="staff__institution", queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        method="of_state", choices=STATES, label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip

    class Meta:
        model = PayoutAccount
        fields: list[str] = []

    def of_state(self, rows: Any, _name: str, value: str) -> Any:
        """Those that wait for a second person, or to be entered anew."""
        if value == "returned":
            return rows.filter(pk__in=returned.held(returned.said()).values("pk"))
        return rows.filter(confirmed_at=None, declined_at=None)


# What can wait in the queue: what matches or repeats an earlier answer never does.
DIFFER = [(one.value, one.label) for one in PayoutRow.Kind if one not in ("matched", "repeat")]


class RowFilter(django_filters.FilterSet):
    """Conditions of the rows."""

    kind = django_filters.ChoiceFilter(
        choices=DIFFER, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )

    class Meta:
        model = PayoutRow
        fields: list[str] = []


def no_lot() -> Empty:
    """What stands where no lot is."""
    return Empty(
        _("No lot yet"), _("Lots are made on the page of a month, from lines in the books."), icon="coin"
    )


def no_account() -> Empty:
    """What stands where no account is."""
    said = _("A person enters the own one, or the office does; a second person confirms it.")
    return Empty(_("No account yet"), said, icon="user")


def no_row() -> Empty:
    """What stands where no difference is."""
    return Empty(
        _("No difference waits"), _("Rows of a bank's answer that do not match stand here."), icon="check"
    )
