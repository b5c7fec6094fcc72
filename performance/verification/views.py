"""Pages of verification opinions: the list, drawing, one opinion with its records."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.web import lists, parts, words
from alliance.web.access import get_or_404, permit, way
from alliance.web.cells import chip
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.improvement.show import months
from performance.verification import forms, services, tables
from performance.verification.models import GIVE, VIEW, Opinion, VerifiedItem


@permit(VIEW)
@require_safe
def opinion_list(request: Any) -> HttpResponse:
    """Opinions the member may see."""
    extra = {"title": _("Verification by third parties"), "gives": request.membership.can(GIVE)}
    rows = Opinion.objects.seen_by(request.membership).named()
    return lists.answer(
        request, "verification/list.html", rows, tables.OpinionTable, filterset=tables.OpinionFilter,
        empty=tables.NONE, extra=extra,
    )  # fmt: skip


@permit(VIEW, GIVE)
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: Any) -> HttpResponseBase:
    """Draw a sample."""
    form = forms.DrawForm(request.POST or None, months=months())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draw(by=request.membership, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            return redirect("verification", made.pk)
    context = {"title": _("Draw records"), "form": form}
    return render(request, "verification/draw.html", context, status=400 if form.errors else 200)


def found(request: Any, pk: int) -> Opinion:
    """An opinion the member may see."""
    return get_or_404(Opinion.objects.seen_by(request.membership).named(), pk=pk)


def answered(request: Any, row: Opinion, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of an opinion, with a form that was refused."""
    member = request.membership
    items = list(row.items.select_related("file"))
    mine = row.signed_at is None and row.drawn_by_id == member.pk and member.can(GIVE)
    lines = [
        {
            "row": one, "url": way(member, "case", one.case_id),
            "chip": chip(tables.FOUND[one.found], one.get_found_display()) if one.found else "",
            "actions": [_looking(row, one, given)] if mine else [],
        }
        for one in items
    ]  # fmt: skip
    form = given.get("sign") or forms.SignForm(auto_id="sign-%s")
    url = reverse("verification-act", args=[row.pk, "sign"])
    label = pgettext("verification", "Sign the opinion")
    ready = mine and all(one.found for one in items)
    page = {
        "title": _("Verification of %(month)s") % {"month": words.month(row.month)}, "opinion": row,
        "chip": tables.verdict_chip(row), "lines": lines, "facts_opinion": _facts(row, items),
        "actions": [parts.Action(label, url, "check", "primary", form=form)] if ready else [],
    }  # fmt: skip
    return render(request, "verification/opinion.html", page, status=status)


def _looking(row: Opinion, one: VerifiedItem, given: dict[str, Any]) -> parts.Action:
    first = {"found": one.found, "note": one.note}
    form = given.get(f"look-{one.pk}") or forms.LookForm(initial=first, auto_id=f"look-{one.pk}-%s")
    url = f"{reverse('verification-act', args=[row.pk, 'look'])}?item={one.pk}"
    return parts.Action(pgettext("verification", "Say what was found"), url, "search", form=form)


def _facts(row: Opinion, items: list[VerifiedItem]) -> list[parts.Fact]:
    confirmed = sum(one.found == VerifiedItem.Found.CONFIRMED for one in items)
    return [
        parts.Fact(_("institution"), row.institution.name),
        parts.Fact(pgettext("verification", "evaluator"), str(row.drawn_by.user)),
        parts.Fact(pgettext("verification", "records drawn"), words.num(row.size)),
        parts.Fact(pgettext("verification", "of records"), words.num(row.population)),
        parts.Fact(pgettext("verification", "confirmed"), words.num(confirmed)),
        parts.Fact(pgettext("verification", "seed"), row.seed),
        parts.Fact(pgettext("verification", "drawn"), words.moment(row.drawn_at)),
        *([parts.Fact(pgettext("verification", "signed"), words.moment(row.signed_at))]
          if row.signed_at else []),
        parts.Fact(
            _("evidence bundle"), _("compare its digest"), reverse("month-bundles", args=[str(row.period)])
        ),
    ]  # fmt: skip


@permit(VIEW)
@require_safe
def opinion(request: Any, pk: int) -> HttpResponse:
    """One opinion."""
    return answered(request, found(request, pk), {})


@permit(VIEW)
@require_safe
def opinion_file(request: Any, pk: int) -> HttpResponseBase:
    """The signed paper; each download is journaled."""
    return fetched(request, found(request, pk).file)


@permit(VIEW)
@require_safe
def item_file(request: Any, pk: int, item: int) -> HttpResponseBase:
    """The evidence beside a record; each download is journaled."""
    row = found(request, pk)
    return fetched(request, get_or_404(row.items.select_related("file"), pk=item).file)


@permit(VIEW, GIVE)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Look at a record, sign the opinion."""
    row, by, now = found(request, pk), request.membership, timezone.now()
    if step == "look":
        text = request.GET.get("item", "")
        wanted = int(text) if text.isdecimal() and len(text) < 10 else 0
        one = get_or_404(row.items.select_related("opinion__institution"), pk=wanted)
        form: Any = forms.LookForm(request.POST, request.FILES, auto_id=f"look-{one.pk}-%s")
        name = f"look-{one.pk}"
    elif step == "sign":
        form, name, one = forms.SignForm(request.POST, request.FILES, auto_id="sign-%s"), "sign", None
    else:
        raise Http404
    if form.is_valid():
        try:
            if one is not None:
                services.look(by=by, item=one, now=now, **form.cleaned_data)
            else:
                services.sign(by=by, opinion=row, now=now, **form.cleaned_data)
            messages.success(request, _("Kept."))
            return redirect("verification", pk)
        except Refused as error:
            add_refusal(form, error)
    return answered(request, row, {name: form}, 400)
