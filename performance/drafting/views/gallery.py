"""Ready templates: look at one as a picture, begin a draft from it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web.access import permit
from alliance.web.refused import add_refusal
from performance.drafting import forms, show
from performance.drafting.show import gallery
from performance.drafting.views.editing import FORM
from performance.engine.templates import Template, shipped_templates
from performance.services import drafts


@permit("indicator.view")
@require_safe
def template_list(request: Any) -> HttpResponse:
    """All templates, level by level, each with its dimensions as a picture."""
    context = {"title": _("Ready templates"), "cards": gallery.cards(shipped_templates().values())}
    return render(request, "performance/drafting/gallery.html", context)


@permit("indicator.view")
@require_safe
def template(request: Any, code: str) -> HttpResponse:
    """One template: dimensions, indicators, how each is scored, where its numbers come from."""
    found = _template(code)
    context = {
        **gallery.page(found), "matrix": show.matrix(found.scheme, None, None),
        "checks": show.checks(found.scheme, found.level), "columns": show.columns(found.scheme),
        "begins": request.membership.institution_id is None
        and request.membership.can("performance_scheme.edit"),
    }  # fmt: skip
    return render(request, "performance/drafting/template.html", context)


def _template(code: str) -> Template:
    try:
        return shipped_templates()[code]
    except KeyError:
        raise Http404 from None


@permit("performance_scheme.edit")
@require_http_methods(FORM)
def template_begin(request: Any, code: str) -> HttpResponseBase:
    """Begin a draft from a template."""
    found = _template(code)
    first = {"label": "1", "month": str(Month.of(timezone.localdate()).next())}
    form = forms.CopyForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            draft = drafts.begin(
                by=request.membership, template=found, label=data["label"],
                from_date=data["month"].first_day, now=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error, field="label")
        else:
            return redirect("performance-draft", draft.pk)
    context = {**gallery.page(found), "form": form}
    return render(
        request, "performance/drafting/template_begin.html", context, status=400 if form.errors else 200
    )
