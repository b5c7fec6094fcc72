"""Pages of the work queues: the list with one action for many, one item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.services import journal
from alliance.web import lists, remembered
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Action, Empty
from alliance.web.refused import worded
from grouping.models import WorkItem
from grouping.queues import forms, services, show, tables

CHOSEN = ("cause", "institution", "month", "department")  # conditions chosen from a list
BULK = ("ask", "wait", "accept", "answer")


@permit("queue.view")
@require_safe
def queue(request: Any) -> HttpResponse:
    """Items of a saved view, grouped by cause; the reading of the list is journaled."""
    now, member = timezone.now(), request.membership
    asked = request.GET.get("view", "")
    view = asked if asked in tables.VIEWS else tables.default_view(member)
    used = sorted(name for name, value in request.GET.items() if value)
    journal.write(by=member, verb="patient.listed", request=request, list="work-queue", conditions=used)
    response = lists.answer(
        request, "queues/queue.html", tables.rows(member, view, now), tables.ItemTable,
        filterset=tables.ItemFilter, tabs=tables.tabs(request, view, now),
        empty=Empty(_("Nothing waits here"), _("What checks, groups or costs show comes here.")),
        extra={
            "title": _("Records to clear"), "causes": show.by_cause(tables.items(member, view, now), view),
            "bulk": bulk(request), "query": request.GET.urlencode(),
            "last": remembered.last(request, "work-queue", tables.ItemFilter),
        },
    )  # fmt: skip
    return remembered.keep(request, response, "work-queue", CHOSEN)


def bulk(request: Any) -> list[Action]:
    """The steps this member may take for many."""
    wanted = [
        name for name in BULK if request.membership.can("queue.answer" if name == "answer" else "queue.work")
    ]
    return [
        Action(
            str(show.STEPS[name][0]), reverse("queue-act", args=[name]), show.STEPS[name][1],
            form=forms.STEP_FORMS[name](auto_id=f"{name}_%s"),
        )
        for name in wanted
    ]  # fmt: skip


@permit("queue.view")
@require_safe
def item(request: Any, pk: int) -> HttpResponse:
    """One item; of a stored case it is a read of the patient."""
    found = get_or_404(visible(request), pk=pk)
    journal.read(by=request.membership, about=found, request=request)
    page = show.item_page(found, request.membership, timezone.now())
    return render(request, "queues/item.html", page)


def visible(request: Any) -> Any:
    """Items the member may open."""
    return WorkItem.objects.visible_to(request.membership).select_related("institution", "file", "case")


@permit("queue.view")
@require_POST
def act(request: Any, step: str) -> HttpResponseBase:
    """One step for one item or many; what was typed stays when it is refused."""
    if step not in services.STEPS:
        raise Http404
    form = forms.STEP_FORMS[step](request.POST)
    chosen = _chosen(request, timezone.now())
    back = _back(request, chosen)
    if not form.is_valid() or not chosen:
        return _again(request, step, form, chosen)
    try:
        done = services.STEPS[step](
            by=request.membership, items=chosen, text=form.cleaned_data["text"], now=timezone.now()
        )
    except services.QueueRefused as refused:
        form.add_error(None, worded(refused))
        return _again(request, step, form, chosen)
    messages.success(request, show.DONE[step](done) % {"n": done})
    return redirect(back)


def _chosen(request: Any, now: datetime) -> list[int]:
    """The ticked items, those a page was for, or with `all` everything the list's conditions find."""
    given = [*request.POST.getlist("item"), *request.POST.get("items", "").split(",")]
    ids = [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19]
    if "all" not in request.POST:
        return ids
    asked = QueryDict(request.POST.get("query", "")[:500])
    view = asked.get("view", "")
    rows = tables.rows(
        request.membership, view if view in tables.VIEWS else tables.default_view(request.membership), now
    )
    found = tables.ItemFilter(asked, queryset=rows, request=request).qs
    return list(found.order_by().values_list("pk", flat=True)[: services.MOST + 1])


def _back(request: Any, chosen: list[int]) -> str:
    if "query" not in request.POST and len(chosen) == 1:
        return reverse("work-item", args=chosen)
    query = QueryDict(request.POST.get("query", "")[:500]).urlencode()
    return f"{reverse('work-queue')}?{query}" if query else reverse("work-queue")


def _again(request: Any, step: str, form: Any, chosen: list[int]) -> HttpResponse:
    """The same step on a page of its own, with the items and the text kept."""
    if not chosen:
        form.add_error(None, _("Tick at least one record, or choose all that match."))
    label = str(show.STEPS[step][0])
    context = {
        "title": label, "form": form, "step": step, "label": label, "count": len(chosen),
        "items": ",".join(str(pk) for pk in chosen), "query": request.POST.get("query"),
    }  # fmt: skip
    return render(request, "queues/act.html", context, status=400)
