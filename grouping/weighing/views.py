"""The weights of a draft, MDC by MDC: edited in place, beside the base and what cases propose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web import parts, progress, words
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping import drafts
from grouping.engine.rows import Drg
from grouping.engine.rows import Scheme as Package
from grouping.models import SchemeVersion, WeightProposal
from grouping.services import dryrun, edits, versions, weighing
from grouping.trials.views import MonthsForm
from grouping.versions.views import version_or_404

FLAGS = {
    "few": gettext_lazy("too few cases"),
    "unstable": gettext_lazy("few cases, uncertain"),
    "spread": gettext_lazy("costs far apart"),
}
CLASSES = {
    "medical": gettext_lazy("medical work"),
    "nursing": gettext_lazy("nursing"),
    "technical": gettext_lazy("examination and laboratory"),
    "material": gettext_lazy("drugs and materials"),
    "management": gettext_lazy("management"),
}


@dataclass(frozen=True)
class Row:
    """One group as the page shows it. before: in the base; proposed: by a proposal, "" without one."""

    code: str
    name: str
    weight: str
    note: str
    before: str
    proposed: str = ""
    cases: int | None = None
    cv: str = ""
    change: str = ""
    flags: str = ""


class ProposalForm(MonthsForm):
    """By which method and from which months weights are computed."""

    method = forms.ChoiceField(
        label=gettext_lazy("method"), choices=WeightProposal.Method.choices, widget=forms.RadioSelect,
        initial=WeightProposal.Method.STRUCTURE,
    )  # fmt: skip


def draft_or_404(pk: int) -> SchemeVersion:
    """A draft of the alliance."""
    version = version_or_404(pk)
    if version.state != SchemeVersion.State.DRAFT:
        raise Http404
    return version


@permit("scheme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_weights(request: Any, pk: int) -> HttpResponseBase:
    """The groups of one MDC with their weights and notes; the changed ones are stored together."""
    version = draft_or_404(pk)
    package = versions.groups_of(version)
    mdc = _mdc(request, package)
    proposal = _proposal(request, version)
    here = "?" + urlencode({"mdc": mdc, **({"proposal": proposal.pk} if proposal else {})})
    refused, moved, posted = "", list[drafts.Moved](), request.POST
    if request.method == "POST":
        try:
            _store(request, version, proposal)
        except Refused as error:
            refused = worded(error)
        except drafts.EditedMeanwhile as meanwhile:
            version = draft_or_404(pk)
            package, moved = versions.groups_of(version), _named(meanwhile.moved)
            shown = edits.values(_groups(package, mdc))
            posted = drafts.merged(posted, drafts.read(posted.get(drafts.READ)), shown)
        else:
            messages.success(request, _("The draft is stored."))
            return redirect(reverse("scheme-weights", args=[pk]) + here)
    base = versions.groups_of(version.base) if version.base is not None else None
    context = {
        "title": _("Weights and notes"), "version": version, "mdc": mdc,
        "tabs": _tabs(package, mdc, proposal), "refused": refused, "here": here,
        "rows": _rows(posted, package, base, mdc, proposal), "proposal": proposal, "moved": moved,
        "read_at": drafts.written(edits.values(_groups(package, mdc))),
        "proposals": WeightProposal.objects.filter(version=version)[:10], "head": _head(proposal),
    }  # fmt: skip
    status = 409 if moved else 400 if refused else 200
    return render(request, "grouping/weighing/weights.html", context, status=status)


def _named(moved: list[drafts.Moved]) -> list[drafts.Moved]:
    """The changes of somebody else in words: which group, weight or note."""
    called = {"weight": _("weight"), "note": _("note")}
    found = []
    for one in moved:
        column, _dot, code = one.key.partition(".")
        found.append(replace(one, label=f"{code} {called.get(column, column)}"))
    return found


def _mdc(request: Any, package: Package) -> str:
    codes = [mdc.code for mdc in package.mdcs if any(True for _row in _groups(package, mdc.code))]
    asked = request.GET.get("mdc", "")
    return asked if asked in codes else codes[0] if codes else ""


def _proposal(request: Any, version: SchemeVersion) -> WeightProposal | None:
    """The proposal to show beside the weights."""
    asked = request.GET.get("proposal", "")
    if not asked.isdecimal():
        return None
    rows = WeightProposal.objects.filter(version=version).exclude(result=None)
    return get_or_404(rows, pk=int(asked))


def _store(request: Any, version: SchemeVersion, proposal: WeightProposal | None) -> None:
    """Store what was typed; with the other button, take the ticked proposals over."""
    seen = drafts.read(request.POST.get(drafts.READ))
    if "take" in request.POST and proposal is not None:
        ticked = request.POST.getlist("group")
        seen = {name: text for name, text in seen.items() if name.partition(".")[2] in ticked}
        weighing.take_over(by=request.membership, proposal=proposal, groups=ticked, seen=seen)
        return
    changes: dict[str, dict[str, str]] = {}
    for name, value in request.POST.items():
        column, _dot, code = name.partition(".")
        if column in ("weight", "note") and code:
            changes.setdefault(code, {})[column] = value[:200]
    edits.edit(by=request.membership, version=version, changes=changes, seen=seen)


def _groups(package: Package, mdc: str) -> list[Drg]:
    codes = dict.fromkeys(row.code for row in package.adrgs.get(mdc, ()))
    return [drg for code in codes for drg in package.drgs.get(code, ())]


def _rows(
    posted: Any, package: Package, base: Package | None, mdc: str, proposal: WeightProposal | None
) -> list[Row]:
    """The rows of an MDC; after a refusal they hold what was typed."""
    before = {drg.code: drg for rows in base.drgs.values() for drg in rows} if base is not None else {}
    found = (proposal.result or {}).get("groups", {}) if proposal is not None else {}
    return [_row(posted, drg, before.get(drg.code), found.get(drg.code)) for drg in _groups(package, mdc)]


def _row(posted: Any, drg: Drg, before: Drg | None, found: dict[str, Any] | None) -> Row:
    weight = edits.digits(drg)
    typed = {name: posted.get(f"{name}.{drg.code}", old) for name, old in
             (("weight", weight), ("note", drg.note))}  # fmt: skip
    old = edits.digits(before) if before is not None else ""
    row = {"code": drg.code, "name": drg.name, **typed, "before": old if old != weight else ""}
    if found is None:
        return Row(**row)
    proposed = found["weight"]
    change = None
    if proposed is not None and drg.weight:
        change = (Decimal(proposed) - drg.weight) / drg.weight * 100
    flags = ", ".join(str(FLAGS[flag]) for flag in found["flags"])
    return Row(
        **row, proposed=proposed or "", cases=found["cases"], cv=found["cv"] or "", flags=flags,
        change="" if change is None else f"{words.diff(change, 1)}%",
    )  # fmt: skip


def _tabs(package: Package, mdc: str, proposal: WeightProposal | None) -> list[parts.Tab]:
    kept = {"proposal": proposal.pk} if proposal is not None else {}
    return [
        parts.Tab(one.code, "?" + urlencode({"mdc": one.code, **kept}), one.code == mdc, number)
        for one in package.mdcs
        if (number := len(_groups(package, one.code)))
    ]  # fmt: skip


def _head(proposal: WeightProposal | None) -> list[parts.Fact]:
    """By what a proposal was computed."""
    if proposal is None or proposal.result is None:
        return []
    found, terms = proposal.result, proposal.terms
    empty = ", ".join(str(CLASSES[name]) for name in found["empty"])
    return [
        parts.Fact(_("method"), str(proposal.get_method_display())),
        parts.Fact(_("months"), f"{words.month(proposal.first_month)} – {words.month(proposal.last_month)}"),
        parts.Fact(_("cases used"), words.num(found["used"])),
        parts.Fact(_("cases left out"), words.num(found["left_out"])),
        parts.Fact(_("mean cost (yuan)"), words.yuan(found["mean_fen"])),
        parts.Fact(_("fewest cases of a group"), str(terms["least"])),
        parts.Fact(_("fence of outliers"), f"{terms['iqr']} × IQR"),
        parts.Fact(_("largest coefficient of variation"), terms["most_cv"]),
        *([parts.Fact(_("classes without charges"), empty)] if empty else []),
    ]


@permit("scheme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_weigh(request: Any, pk: int) -> HttpResponseBase:
    """Choose method and months, and begin a proposal."""
    version = draft_or_404(pk)
    form = ProposalForm(request.POST or None, months=dryrun.months_with_cases())
    if request.method == "POST" and form.is_valid():
        given = {name: Month.parse(form.cleaned_data[name]) for name in ("first", "last")}
        made = weighing.begin(
            by=request.membership, version=version, method=form.cleaned_data["method"],
            today=timezone.localdate(), **given,
        )  # fmt: skip
        return redirect("scheme-proposal", made.pk)
    context = {"title": _("Compute a proposal from stored cases"), "version": version, "form": form}
    return render(request, "grouping/weighing/begin.html", context, status=400 if form.errors else 200)


@permit("scheme.edit")
@require_safe
def scheme_proposal(request: Any, pk: int) -> HttpResponseBase:
    """How far a proposal is; when it has ended, the weights with it beside."""
    proposal = get_or_404(WeightProposal.objects.select_related("job", "version"), pk=pk)
    done = reverse("scheme-weights", args=[proposal.version_id]) + f"?proposal={pk}"
    if proposal.result is not None:
        return redirect(done)
    context = {
        "title": _("The proposal is being computed"), "version": proposal.version, "job": proposal.job,
        "look_again": 3, "poll": reverse("scheme-proposal-progress", args=[pk]), "done_url": done,
    }  # fmt: skip
    return render(request, "grouping/weighing/running.html", context)


@permit("scheme.edit")
@require_safe
def scheme_proposal_progress(request: Any, pk: int) -> HttpResponse:
    """The bar of the running job."""
    proposal = get_or_404(WeightProposal.objects.select_related("job"), pk=pk)
    if proposal.job is None:
        return HttpResponse("")
    done = reverse("scheme-weights", args=[proposal.version_id]) + f"?proposal={pk}"
    return progress.answer(request, proposal.job, done_url=done)
