"""Pages of messages: my addresses and when I hear, addresses two people keep, what could not be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.contrib import messages as said
from django.http import HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.messaging import forms, outbox, services
from alliance.messaging.outbox import MANAGE, MessageRefused
from alliance.models import Membership, MessageAddress, MessageChoice, Outbox
from alliance.templatetags.xietong import buttons
from alliance.web import cells, lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Action, Empty, Tab
from alliance.web.refused import worded

CHIPS = {"waiting": "info", "sending": "info", "sent": "ok", "failed": "late", "uncertain": "warn"}
VIEWS = {"stuck": ("failed", "uncertain"), "waiting": ("waiting", "sending"), "sent": ("sent",)}


@permit("home.view")
@require_safe
def mine(request: Any) -> HttpResponse:
    """My addresses, and when I want to hear of what waits for me."""
    return render(request, "messages/mine.html", _mine(request))


def _mine(request: Any, refused: tuple[int, Any] | None = None) -> dict[str, Any]:
    rows = MessageAddress.objects.filter(membership=request.membership, ended_at=None)
    chosen = {one.address_id: one for one in MessageChoice.objects.filter(address__in=rows)}
    found = []
    for row in rows:
        one = chosen.get(row.pk)
        start = {"digest_at": one.digest_at, "at_once": one.at_once} if one else {}
        form = refused[1] if refused and refused[0] == row.pk else forms.ChoiceForm(initial=start)
        found.append({"row": row, "form": form, "on": bool(one and (one.digest_at or one.at_once))})
    return {
        "title": _("Hear of it elsewhere"), "addresses": found, "on": bool(services.channels()),
        "manages": request.membership.can(MANAGE),
    }  # fmt: skip


def _own(request: Any, pk: int) -> MessageAddress:
    return get_or_404(MessageAddress.objects.filter(membership=request.membership, ended_at=None), pk=pk)


@permit("home.view")
@require_POST
def choose(request: Any, pk: int) -> HttpResponseBase:
    """When I hear at this address."""
    row = _own(request, pk)
    form = forms.ChoiceForm(request.POST)
    if form.is_valid():
        try:
            services.choose(by=request.membership, row=row, **form.cleaned_data)
            said.success(request, _("Kept."))
            return redirect("messages")
        except MessageRefused as refused:
            form.add_error(None, worded(refused))
    return render(request, "messages/mine.html", _mine(request, (row.pk, form)), status=400)


@permit("home.view")
@require_POST
def end(request: Any, pk: int) -> HttpResponseBase:
    """Nothing more goes there: said by its owner, or by who keeps addresses."""
    rows = MessageAddress.objects.filter(ended_at=None)
    manages = request.membership.can(MANAGE)
    row = get_or_404(rows if manages else rows.filter(membership=request.membership), pk=pk)
    services.end(by=request.membership, row=row, now=timezone.now())
    said.success(request, _("Ended: nothing is sent there any more."))
    return redirect("messages" if row.membership_id == request.membership.pk else "message-addresses")


class AddressTable(lists.Table):
    """One line an address; the address itself is shown by its ends."""

    member = tables.Column(
        verbose_name=gettext_lazy("member"), accessor="membership__user__name", attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), accessor="pk", attrs=lists.KEY)
    channel = tables.Column(verbose_name=gettext_lazy("channel"))
    shown = tables.Column(verbose_name=gettext_lazy("address"))
    entered_by = tables.Column(verbose_name=gettext_lazy("entered by"), accessor="entered_by__user__name")
    act = tables.TemplateColumn(template_name="messages/_address_act.html", verbose_name="")

    def render_state(self, record: MessageAddress) -> SafeString:
        if record.ended_at:
            return cells.chip("", _("ended"), "ban")
        if record.confirmed_at:
            return cells.chip("ok", _("confirmed"))
        return cells.chip("warn", _("to be confirmed"))


@permit(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: Any) -> HttpResponseBase:
    """All addresses, and a new one."""
    members = list(Membership.objects.living().select_related("user", "institution", "alliance"))
    form = forms.AddressForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            services.enter(by=request.membership, now=timezone.now(), **form.cleaned_data)
            said.success(request, _("Entered. Somebody else has to confirm it before anything is sent."))
            return redirect("message-addresses")
        except MessageRefused as refused:
            field = {"channel": "channel", "address": "address", "known": "member", "secret": "secret"}.get(
                refused.reason
            )
            form.add_error(field, worded(refused))
    rows = MessageAddress.objects.select_related("membership__user", "entered_by__user")
    answer = lists.answer(
        request, "messages/addresses.html", rows, AddressTable,
        empty=Empty(_("No addresses"), _("Nothing is sent to anybody.")),
        extra={
            "title": _("Addresses of messages"), "form": form, "on": bool(services.channels()),
            "action": reverse("message-addresses"),
        },
    )  # fmt: skip
    answer.status_code = 400 if form.errors else 200
    return answer


def _step(request: Any, deed: Callable[[], object], done: str, where: str) -> HttpResponseBase:
    try:
        deed()
        said.success(request, done)
    except MessageRefused as refused:
        said.warning(request, worded(refused))
    return redirect(where)


@permit(MANAGE)
@require_POST
def confirm(request: Any, pk: int) -> HttpResponseBase:
    """The second person says that the address is right."""
    row = get_or_404(MessageAddress.objects.select_related("entered_by"), pk=pk)
    return _step(
        request, lambda: services.confirm(by=request.membership, row=row, now=timezone.now()),
        _("Confirmed: its owner may now choose when to hear."), "message-addresses",
    )  # fmt: skip


class OutboxTable(lists.Table):
    """One line a message; its text is not shown."""

    created_at = tables.Column(verbose_name=gettext_lazy("written"), attrs=lists.HEAD)
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    member = tables.Column(verbose_name=gettext_lazy("member"), accessor="address__membership__user__name")
    channel = tables.Column(verbose_name=gettext_lazy("channel"))
    attempts = tables.Column(verbose_name=gettext_lazy("attempts"), attrs=lists.NUMBER)
    error = tables.Column(verbose_name=gettext_lazy("what happened"), attrs=lists.WRAP)
    act = tables.Column(verbose_name="", accessor="pk")

    def render_created_at(self, record: Outbox) -> str:
        return words.moment(record.created_at)

    def render_state(self, record: Outbox) -> SafeString:
        return cells.chip(CHIPS[record.state], str(record.get_state_display()))

    def render_act(self, record: Outbox) -> Any:
        if record.state not in VIEWS["stuck"]:
            return ""
        url = reverse("outbox-again", args=[record.pk])
        return buttons({"csrf_token": get_token(self.request)}, [Action(_("Send again"), url)])


@permit(MANAGE)
@require_safe
def outbox_list(request: Any) -> HttpResponse:
    """What could not be sent or nobody knows of, what waits, what was sent."""
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else "stuck"
    rows = Outbox.objects.filter(state__in=VIEWS[view]).select_related("address__membership__user")
    labels = {"stuck": _("Failed or uncertain"), "waiting": _("Waiting"), "sent": _("Sent")}
    return lists.answer(
        request, "messages/outbox.html", rows, OutboxTable,
        tabs=[Tab(label, f"?view={name}", name == view) for name, label in labels.items()],
        empty=Empty(_("No message here")), extra={"title": _("Outbox")},
    )  # fmt: skip


@permit(MANAGE)
@require_POST
def again(request: Any, pk: int) -> HttpResponseBase:
    """Send it once more, knowing that it may have come."""
    row = get_or_404(Outbox.objects.all(), pk=pk)
    return _step(
        request, lambda: outbox.again(by=request.membership, row=row, now=timezone.now()),
        _("It is sent once more."), "outbox",
    )  # fmt: skip
