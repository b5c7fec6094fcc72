"""Results in the alliance's own layout: the layouts, and a month filled into one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.models import MonthRun, ResultTemplate
from performance.services import result_templates
from performance.views.months import whole_alliance, with_result


class TemplateForm(forms.Form):
    """A workbook with placeholders."""

    name = forms.CharField(
        label=gettext_lazy("name"), max_length=60,
        help_text=gettext_lazy("The same name again is its next version."),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("workbook (.xlsx) with placeholders"))


@permit("export.run")
@require_http_methods(["GET", "HEAD", "POST"])
def template_list(request: Any) -> HttpResponseBase:
    """The layouts, the placeholders, and the form for another one."""
    whole_alliance(request.membership)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            result_templates.keep(
                by=request.membership, name=form.cleaned_data["name"], file_name=file.name, content=file,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error, field="file")
        else:
            messages.success(request, _("The layout is kept."))
            return redirect("result-templates")
    latest = MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT).order_by("-month").first()
    words = {**result_templates.SINGLE, **result_templates.OF_ROW, **result_templates.OF_INDICATOR}
    context = {
        "title": _("Layouts of results"), "form": form, "rows": result_templates.newest(),
        "month": latest.period if latest else None,
        "single": [(name, words[name]) for name in result_templates.SINGLE],
        "of_row": [
            (name, words[name]) for name in (*result_templates.OF_ROW, *result_templates.OF_INDICATOR)
        ],
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "performance/templates.html", context, status=status)


@permit("export.run")
@require_safe
def sheet(request: Any, month: Month, pk: int) -> HttpResponse:
    """A month's result in a layout."""
    run = with_result(request.membership, month)
    rows = ResultTemplate.objects.select_related("file")
    template = get_or_404(rows, pk=pk)
    made = result_templates.filled(by=request.membership, template=template, run=run, request=request)
    answer = HttpResponse(made, content_type=result_templates.XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{request.alliance.code}-{month}-{pk}.xlsx"'
    return answer
