"""Pages of commitment letters: list, begin, one letter with its steps, its sheet, its scan, its records."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.parts import Empty
from alliance.web.refused import add_refusal, worded
from performance.consequences import forms, records, show_letters, show_signing, tables, words
from performance.consequences.services import assessing, letters, templates
from performance.models import Letter, LetterTemplate
from performance.models.letters import RUN, SIGN, VIEW
from performance.show import labels
from performance.show.frame import LISTED
from performance.tables.records import RECORDS

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."
FORM = ["GET", "HEAD", "POST"]


def found(request: Any, pk: int) -> Letter:
    """A letter the member sees (second wall)."""
    return get_or_404(Letter.objects.seen_by(request.membership).named().select_related("template"), pk=pk)


@permit(VIEW)
@require_safe
def letter_list(request: Any) -> HttpResponse:
    """Letters of the own institution, or of all."""
    member = request.membership
    rows = Letter.objects.seen_by(member).select_related("institution")
    return lists.answer(
        request, "performance/consequences/letters.html", rows, tables.LetterTable,
        filterset=tables.LetterFilter, empty=tables.no_letter(),
        extra={"title": _("Commitment letters"), "rooms": show_letters.tabs("letters", member),
               "begins": member.institution_id is None and member.can(RUN)},
    )  # fmt: skip


@permit(VIEW)
@require_safe
def letter_year(request: Any, year: int = 0) -> HttpResponse:
    """Who has signed the letter of a year, and who has not."""
    today = timezone.localdate()
    if year and not today.year - 5 <= year <= today.year + 1:
        raise Http404
    page = show_signing.page(year or today.year, request.membership, today)
    return render(request, "performance/consequences/letter_year.html", page)


@permit(RUN)
@require_http_methods(FORM)
def letter_begin(request: Any) -> HttpResponseBase:
    """Draft letters of a year for some institutions; all or none."""
    form = forms.BeginForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                made = [
                    letters.draft(
                        by=request.membership, institution=one, year=data["year"], now=timezone.now()
                    )
                    for one in data["institutions"]
                ]
        except Refused as error:
            add_refusal(form, error, "institutions" if error.field == "institution" else None)
        else:
            said = ngettext("%(n)d letter is drafted.", "%(n)d letters are drafted.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("letters")
    context = {"title": _("Draft letters"), "form": form}
    return render(request, "performance/consequences/begin.html", context, status=400 if form.errors else 200)


@permit(VIEW)
@require_safe
def letter(request: Any, pk: int) -> HttpResponse:
    """One letter."""
    page = show_letters.page(found(request, pk), request.membership, timezone.localdate())
    return render(request, "performance/consequences/letter.html", page)


@permit(RUN)
@require_http_methods(FORM)
def letter_edit(request: Any, pk: int) -> HttpResponseBase:
    """Change the promises of a draft; what was typed stays when it is refused."""
    row, status = found(request, pk), 200
    if row.state != Letter.State.DRAFT and request.method != "POST":
        raise Http404
    now = [one.promise() for one in letters.lines_of(row)]
    form = forms.PromisesForm(request.POST if request.method == "POST" else None, promises=now)
    if request.method == "POST" and form.is_valid():
        try:
            letters.change(
                by=request.membership, letter=row, promises=form.promises(), version=asked.version(request)
            )
            return redirect("letter", pk)
        except Refused as error:
            add_refusal(form, error, "")
        except Stale:
            form.add_error(None, _(FASTER))
            status = 409
    if form.errors and status == 200:
        status = 400
    context = {
        "title": _("Change the promises"), "letter": row, "form": form, "band": show_letters.band(row),
        "action": f"?version={asked.version(request) or row.version}",
    }  # fmt: skip
    return render(request, "performance/consequences/edit.html", context, status=status)


@permit(VIEW)
@require_POST
def letter_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """One step of a letter; a stale tab gets 409 and a sentence."""
    row, by, status = found(request, pk), request.membership, 400
    if step not in STEPS:
        raise Http404
    right, deed = STEPS[step]
    require(by, right)
    form = forms.of_step(step, row, request.POST, request.FILES)
    if form is None or form.is_valid():
        try:
            deed(by, row, form, asked.version(request))
            return redirect("letter", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
            else:
                add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show_letters.page(found(request, pk), by, timezone.localdate(), **({step: form} if form else {}))
    return render(request, "performance/consequences/letter.html", page, status=status)


def _sign(by: Any, row: Letter, form: Any, version: int | None) -> None:
    letters.sign(by=by, letter=row, now=timezone.now(), version=version, **form.cleaned_data)


def _paper(by: Any, row: Letter, form: Any, version: int | None) -> None:
    data = form.cleaned_data
    letters.enter_paper(
        by=by, letter=row, document=data["document"], signed_on=data["signed_on"],
        signed_name=data["signed_name"], scan=form.scan(), version=version,
    )  # fmt: skip


# The steps of a letter by address: the right each needs, its service.
STEPS: dict[str, tuple[str, Any]] = {
    "offer": (RUN, lambda by, row, form, version: letters.offer(
        by=by, letter=row, now=timezone.now(), version=version)),
    "sign": (SIGN, _sign),
    "paper": ("letter.file", _paper),
    "check-paper": (RUN, lambda by, row, form, version: letters.check_paper(
        by=by, letter=row, now=timezone.now(), version=version)),
    "refuse-paper": (RUN, lambda by, row, form, version: letters.refuse_paper(
        by=by, letter=row, version=version, **form.cleaned_data)),
    "send-back": ("letter.file", lambda by, row, form, version: letters.send_back(
        by=by, letter=row, version=version, **form.cleaned_data)),
    "cancel": (RUN, lambda by, row, form, version: letters.cancel(
        by=by, letter=row, version=version, **form.cleaned_data)),
    "countersign": (RUN, lambda by, row, form, version: letters.countersign(
        by=by, letter=row, now=timezone.now(), version=version)),
    "assess": (RUN, lambda by, row, form, version: assessing.assess(
        by=by, letter=row, now=timezone.now(), version=version, **form.cleaned_data)),
}  # fmt: skip


@permit(VIEW)
@require_safe
def letter_print(request: Any, pk: int) -> HttpResponse:
    """The letter on A4."""
    return render(request, "performance/consequences/sheet.html", show_letters.sheet(found(request, pk)))


@permit(VIEW)
@require_safe
def letter_scan(request: Any, pk: int) -> HttpResponseBase:
    """The scan of the signed paper; each download is journaled."""
    row = found(request, pk)
    return fetched(request, row.scan)


@permit(VIEW)
@require_safe
def letter_records(request: Any, pk: int, place: int, month: Month, key: str) -> HttpResponse:
    """The records behind one month's number of a promise."""
    row = found(request, pk)
    line = next((one for one in letters.lines_of(row) if one.place == place), None)
    promised = [] if line is None else show_letters.keys_of(line.promise())
    kind = records.kind_of(key)
    if key not in promised or month.year != row.year or kind not in RECORDS:
        raise Http404
    require(request.membership, LISTED[kind])
    rows = records.behind(row.institution, month, key)
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="patient.listed", about=row, request=request, list=kind,
            institution=row.institution.code, month=str(month), fact=key,
        )  # fmt: skip
    assert line is not None
    extra = {
        "title": f"{labels.fact(key)} · {web_words.month(month)}", "letter": row,
        "promise": words.name(line.promise()),
    }  # fmt: skip
    return lists.answer(
        request, "performance/consequences/records.html", [] if rows is None else rows, RECORDS[kind],
        empty=Empty(_("No record"), _("This number is a known zero: nothing of the kind happened.")),
        extra=extra,
    )  # fmt: skip


@permit(VIEW)
@require_safe
def template_list(request: Any) -> HttpResponse:
    """The versions of all templates."""
    member = request.membership
    context = {
        "title": _("Templates of letters"), "rows": show_letters.template_rows(),
        "rooms": show_letters.tabs("letter-templates", member),
        "runs": member.institution_id is None and member.can(RUN),
    }  # fmt: skip
    return render(request, "performance/consequences/templates.html", context)


@permit(RUN)
@require_POST
def template_install(request: Any) -> HttpResponseBase:
    """Take over the ready templates."""
    count = templates.install(by=request.membership, year=timezone.localdate().year, now=timezone.now())
    messages.success(request, _("Templates taken over: %(n)d.") % {"n": count})
    return redirect("letter-templates")


@permit(RUN)
@require_http_methods(FORM)
def template_next(request: Any, pk: int) -> HttpResponseBase:
    """The next version of a template."""
    row = get_or_404(LetterTemplate.objects.all(), pk=pk)
    form = forms.TemplateForm(
        request.POST if request.method == "POST" else None, promises=row.lines(),
        initial={"from_year": timezone.localdate().year + 1},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            templates.decide(
                by=request.membership, template=row, from_year=data["from_year"], promises=form.promises(),
                decided_by=data["decided_by"], now=timezone.now(),
            )  # fmt: skip
            return redirect("letter-templates")
        except Refused as error:
            add_refusal(form, error)
    context = {"title": _("Next version of %(name)s") % {"name": row.name}, "form": form}
    return render(
        request, "performance/consequences/template.html", context, status=400 if form.errors else 200
    )
