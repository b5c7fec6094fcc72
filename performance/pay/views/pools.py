"""Pages of pools: list, making one, one with its shares or transfers, its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Empty
from alliance.web.refused import add_refusal, worded
from performance.models import PayPool
from performance.models.pay import BETWEEN, RUN, VIEW, PayKind
from performance.pay import beside, forms, show, tables
from performance.pay.services import between, making, pools

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."


@permit(VIEW)
@require_safe
def pool_list(request: Any) -> HttpResponse:
    """Pools, the newest month first."""
    rows = PayPool.objects.seen_by(request.membership)
    return lists.answer(
        request, "performance/pay/pools.html", rows, tables.PoolTable, filterset=tables.PoolFilter,
        empty=tables.no_pool(),
        extra={"title": _("Pools of pay"), "rooms": show.tabs("pay", request.membership),
               "runs": show.runs(request.membership), **_beside(request)},
    )  # fmt: skip


def _beside(request: Any) -> dict[str, Any]:
    """What flows beside the pools in the month asked for, else in the last one; not for HTMX's panel."""
    if request.htmx:
        return {}
    month = asked.month(request) or Month.of(timezone.localdate()).previous()
    return {"month": month, "beside": beside.flows(month, request.membership)}


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Any) -> HttpResponseBase:
    """Make a pool as a draft."""
    form = forms.PoolForm(request.POST or None, today=timezone.localdate(), initial=request.GET.dict())
    lacks_rule = False
    if request.method == "POST" and form.is_valid():
        try:
            made = _made(request.membership, form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
            lacks_rule = error.reason == "no_rule"
        else:
            messages.success(request, _("The draft is made. Look at it, then propose it."))
            return redirect("pay-pool", made.pk)
    context = {"title": _("Make a pool"), "form": form, "groups": form.groups(), "lacks_rule": lacks_rule}
    return render(request, "performance/pay/begin.html", context, status=400 if form.errors else 200)


def _made(by: Any, data: dict[str, Any]) -> PayPool:
    month, kind, now = Month.parse(data["month"]), data["kind"], timezone.now()
    if kind == PayKind.BONUS:
        return making.make_bonus(by=by, month=month, now=now)
    if kind in BETWEEN:
        return between.make(by=by, month=month, kind=kind, now=now)
    return making.make_from_fund(
        by=by, month=month, kind=kind, fund=data["fund"], fen=data["fen"] or 0, name=data["name"],
        document=data["document"], institutions=[one.pk for one in data["institutions"]],
        persons=data["persons"], charges=data["charges"], now=now,
    )  # fmt: skip


def found(request: Any, pk: int) -> PayPool:
    """A pool the member sees (second wall)."""
    return get_or_404(PayPool.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def pool(request: Any, pk: int) -> HttpResponse:
    """One pool."""
    return _page(request, found(request, pk))


def _page(request: Any, row: PayPool, status: int = 200) -> HttpResponse:
    member = request.membership
    flows = row.source != "between"
    rows = show.shares(row, member) if flows else show.transfers(row, member)
    moved = tables.SupplementTable if row.number > 1 else tables.TransferTable
    response = lists.answer(
        request, "performance/pay/pool.html", rows, tables.ShareTable if flows else moved,
        empty=Empty(_("Nothing of this pool is yours")), extra=show.page(row, member),
    )  # fmt: skip
    response.status_code = status
    return response


@permit(RUN)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose or discard a draft; a stale tab gets 409 and a sentence."""
    row, by, status = found(request, pk), request.membership, 400
    try:
        if step == "propose":
            pools.propose(by=by, pool=row, today=timezone.localdate(), version=asked.version(request))
            messages.success(request, _("Proposed. It is posted when a colleague agrees."))
            return redirect("pay-pool", pk)
        if step != "discard":
            raise Http404
        pools.discard(by=by, pool=row)
        messages.success(request, _("The draft is discarded."))
        return redirect("pay")
    except Refused as error:
        messages.error(request, worded(error))
    except Stale:
        status = 409
        messages.error(request, _(FASTER))
    return _page(request, found(request, pk), status)
