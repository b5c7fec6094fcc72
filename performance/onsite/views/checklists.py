"""Pages of checklists: all versions, one version, its head and its items."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.models.base import Stale
from alliance.web import asked, lists, parts
from alliance.web import words as web_words
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.engine import checklist as engine
from performance.models import OnsiteChecklist
from performance.models.onsite import PLAN
from performance.onsite import forms, show, tables, words
from performance.onsite.services import checklists
from performance.onsite.views.visits import FASTER

FORM = ["GET", "HEAD", "POST"]


def _edits(request: Any) -> bool:
    return request.membership.institution_id is None and request.membership.can(PLAN)


@permit("onsite.view")
@require_safe
def checklist_list(request: Any) -> HttpResponse:
    """Every version of every checklist; those that ship with the product can be taken over."""
    there = set(OnsiteChecklist.objects.values_list("code", flat=True))
    offered = [(code, one.name) for code, one in engine.shipped().items() if code not in there]
    edits = _edits(request)
    return lists.answer(
        request, "performance/onsite/checklists.html", OnsiteChecklist.objects.all(), tables.ChecklistTable,
        empty=parts.Empty(_("No checklist yet"), _("Begin with one that ships with the product.")),
        extra={"title": _("Checklists"), "rooms": show.tabs("onsite-checklists", request.membership),
               "offered": offered if edits else [], "own": forms.BeginForm() if edits else None},
    )  # fmt: skip


@permit("onsite.plan")
@require_POST
def begin(request: Any) -> HttpResponseBase:
    """The next draft: of a shipped checklist, of the last version, or an empty one."""
    form = forms.BeginForm(request.POST)
    if form.is_valid():
        try:
            made = checklists.begin(
                by=request.membership, code=form.cleaned_data["code"], from_date=timezone.localdate(),
                now=timezone.now(),
            )  # fmt: skip
            return redirect("onsite-checklist", made.pk)
        except Refused as error:
            messages.error(request, worded(error))
    else:
        messages.error(request, _("A code is letters, digits and hyphens."))
    return redirect("onsite-checklists")


def _page(request: Any, row: OnsiteChecklist, **given: Any) -> dict[str, Any]:
    edits = _edits(request) and row.state == OnsiteChecklist.State.DRAFT
    table = row.checklist
    sections = [
        (section, sum(item.full for item in section.items),
         [(item, words.rule(item), dict(words.SAMPLES)[item.sample] if item.sample else "",
           [words.MEASURES[one] for one in item.measures]) for item in section.items])
        for section in table.sections
    ]  # fmt: skip
    wrong = [worded(one) for one in engine.problems(table)] if edits else []
    absent = str(dict(forms.ABSENT)[table.absent])
    facts = [
        parts.Fact(_("version"), str(row.number)),
        parts.Fact(_("in force from"), f"{row.from_date:%Y-%m-%d}"),
        parts.Fact(_("made for"), "、".join(str(Institution.Kind(kind).label) for kind in row.kinds)),
        parts.Fact(_("an item that does not apply"), absent),
        parts.Fact(
            _("most percent when a critical item has nothing left"), web_words.plain(table.critical_cap)
        ),
        *(parts.Fact(str(label), str(table.size(kind))) for kind, label in words.SAMPLES if kind and
          table.size(kind)),
    ]  # fmt: skip
    return {
        "title": row.name, "row": row, "chip": words.state(words.CHECKLIST, row), "sections": sections,
        "edits": edits, "full": table.full, "problems": wrong, "facts_table": facts,
        "actions": _actions(request, row, wrong), "form": given.get("form"),
    }  # fmt: skip


def _actions(request: Any, row: OnsiteChecklist, wrong: list[str]) -> list[parts.Action]:
    sheet = reverse("onsite-checklist-export", args=[row.pk])
    return [*_steps(request, row, wrong), parts.Action(_("Items as a workbook"), sheet, "download", get=True)]


def _steps(request: Any, row: OnsiteChecklist, wrong: list[str]) -> list[parts.Action]:
    if not _edits(request):
        return []
    version = f"?version={row.version}"
    if row.state == OnsiteChecklist.State.DRAFT:
        head = reverse("onsite-checklist-terms", args=[row.pk])
        item = reverse("onsite-item-add", args=[row.pk])
        found = [
            parts.Action(_("Change the head"), head, "adjust", get=True),
            parts.Action(_("Add an item"), item, "plus", get=True),
            parts.Action(
                _("Items from a workbook…"),
                reverse("onsite-checklist-import", args=[row.pk]),
                "upload",
                get=True,
            ),
        ]
        if not wrong:
            url = reverse("onsite-checklist-act", args=[row.pk, "publish"]) + version
            found.append(parts.Action(_("Publish"), url, "check", "primary"))
        return found
    found = []
    if row.state == OnsiteChecklist.State.PUBLISHED:
        url = reverse("onsite-checklist-act", args=[row.pk, "retire"]) + version
        found.append(parts.Action(_("Retire"), url, "x"))
    url = reverse("onsite-checklist-act", args=[row.pk, "next"])
    return [*found, parts.Action(_("Next version"), url, "plus", "primary")]


def _row(request: Any, pk: int) -> OnsiteChecklist:
    return get_or_404(OnsiteChecklist.objects.all(), pk=pk)


@permit("onsite.view")
@require_safe
def checklist(request: Any, pk: int) -> HttpResponse:
    """One version."""
    return render(request, "performance/onsite/checklist.html", _page(request, _row(request, pk)))


@permit("onsite.plan")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Publish, retire, or begin the next version."""
    row, by, now = _row(request, pk), request.membership, timezone.now()
    version, status = asked.version(request), 400
    try:
        if step == "publish":
            checklists.publish(by=by, row=row, now=now, version=version)
        elif step == "retire":
            checklists.retire(by=by, row=row, version=version)
        elif step == "next":
            row = checklists.begin(by=by, code=row.code, from_date=timezone.localdate(), now=now)
        else:
            raise Http404
        return redirect("onsite-checklist", row.pk)
    except Refused as error:
        messages.error(request, worded(error))
    except Stale:
        status = 409
        messages.error(request, _(FASTER))
    page = _page(request, _row(request, pk))
    return render(request, "performance/onsite/checklist.html", page, status=status)


@permit("onsite.plan")
@require_http_methods(FORM)
def terms(request: Any, pk: int) -> HttpResponseBase:
    """The head of a draft."""
    row = _row(request, pk)
    form = forms.TermsForm(request.POST or None, initial=forms.TermsForm.of(row))

    def deed() -> None:
        checklists.set_terms(
            by=request.membership, row=row, terms=form.terms(), version=asked.version(request)
        )

    return _edit(request, row, form, deed, _("Change the head"))


@permit("onsite.plan")
@require_http_methods(FORM)
def item(request: Any, pk: int, code: str = "") -> HttpResponseBase:
    """Change an item of a draft, or add one."""
    row = _row(request, pk)
    if code and code not in row.checklist.items:
        raise Http404
    last = row.checklist.sections[-1] if row.checklist.sections else None
    blank = {"section_code": last.code, "section_title": last.title} if last else {}
    initial = forms.ItemForm.of(row.checklist, code) if code else blank
    form = forms.ItemForm(request.POST or None, initial=initial)

    def deed() -> None:
        if code and request.POST.get("do") == "drop":
            checklists.drop_item(by=request.membership, row=row, code=code, version=asked.version(request))
            return
        checklists.put_item(
            by=request.membership, row=row, before=code, section=form.section(), item=form.item(),
            version=asked.version(request),
        )  # fmt: skip

    return _edit(request, row, form, deed, f"{_('item')} {code}" if code else _("Add an item"), code)


def _edit(
    request: Any, row: OnsiteChecklist, form: Any, deed: Any, title: str, code: str = ""
) -> HttpResponseBase:
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() or request.POST.get("do") == "drop":
            try:
                deed()
                return redirect("onsite-checklist", row.pk)
            except Refused as error:
                add_refusal(form, error)
            except Stale:
                status = 409
                form.add_error(None, _(FASTER))
    context = {
        "title": title, "row": row, "form": form, "code": code,
        "version": asked.version(request) or row.version,
        "action": f"?version={asked.version(request) or row.version}",
    }  # fmt: skip
    return render(request, "performance/onsite/edit.html", context, status=status)
