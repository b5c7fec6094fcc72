"""Pages of questionnaires: their editions, taking over the ready ones, writing and releasing the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from complaints.surveys import services
from complaints.surveys.forms.edition import EditionForm
from complaints.surveys.models import Edition
from complaints.surveys.services.rights import RUN, VIEW
from complaints.surveys.show import survey as show
from complaints.surveys.show.words import scale


@permit(VIEW)
@require_safe
def questionnaire_list(request: Any) -> HttpResponse:
    """All editions."""
    rows = Edition.objects.select_related("questionnaire").annotate(used=Count("campaigns"))
    context = {
        "title": _("Questionnaires"), "editions": rows, "runs": request.membership.can(RUN),
        "tabs": show.tabs("questionnaires", request.membership),
    }  # fmt: skip
    return render(request, "surveys/questionnaires.html", context)


@permit(RUN)
@require_POST
def adopt(request: Any) -> HttpResponseBase:
    """Take over the ready questionnaires that are missing."""
    made = services.adopt_ready(by=request.membership, now=timezone.now())
    said = ngettext("%(n)d questionnaire is taken over.", "%(n)d questionnaires are taken over.", len(made))
    messages.success(request, said % {"n": len(made)})
    return redirect("questionnaires")


@permit(VIEW)
@require_safe
def questionnaire(request: Any, pk: int) -> HttpResponse:
    """One edition, word for word in both languages."""
    edition = _edition(pk)
    questions = [(one, scale(one.scale) if one.scale else "") for one in edition.questions]
    context = {
        "title": str(edition), "edition": edition, "questions": questions,
        "runs": request.membership.can(RUN),
    }  # fmt: skip
    return render(request, "surveys/questionnaire.html", context)


@permit(RUN)
@require_POST
def release(request: Any, pk: int) -> HttpResponseBase:
    """Let it be asked."""
    try:
        services.release(by=request.membership, edition=_edition(pk), now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("questionnaire", pk)


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Any, pk: int) -> HttpResponseBase:
    """Write the next edition, beginning with the words of this one."""
    before = _edition(pk)
    form = EditionForm(request.POST if request.method == "POST" else None, before=before)
    if request.method == "POST" and form.is_valid():
        line = before.questionnaire
        try:
            made = services.write(
                by=request.membership, code=line.code, kind=line.kind, words=form.words(),
                questions=form.questions(), now=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error, "title_zh" if error.reason == "title" else "")
        else:
            messages.success(request, _("The edition is written. Release it, and it can be asked."))
            return redirect("questionnaire", made.pk)
    context = {"title": _("Next edition"), "edition": before, "form": form, "groups": form.groups()}
    return render(request, "surveys/write.html", context, status=400 if form.errors else 200)


def _edition(pk: int) -> Edition:
    return get_or_404(Edition.objects.select_related("questionnaire", "written_by__user"), pk=pk)
