"""Pages of grouping schemes: which holds from when, one with its warnings, the import of a city's package."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.services import files
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit
from grouping import forms, tables
from grouping.engine.scheme import SchemeError
from grouping.models import Scheme
from grouping.services import adoption, schemes
from grouping.show import scheme as show


@permit("scheme.view")
@require_safe
def scheme_list(request: Any) -> HttpResponse:
    """Schemes, the latest first day on top."""
    empty = parts.Empty(_("No grouping scheme yet"), _("Without one no case can be grouped."), icon="adjust")
    return lists.answer(
        request, "grouping/schemes.html", Scheme.objects.order_by("-from_date"), tables.SchemeTable,
        empty=empty, extra={"title": _("Grouping schemes")},
    )  # fmt: skip


@permit("scheme.view")
@require_safe
def scheme(request: Any, pk: int) -> HttpResponse:
    """One scheme: where it comes from, how large it is, what in it deserves a look."""
    found = get_or_404(Scheme.objects.select_related("package"), pk=pk)
    try:
        package = schemes.package(found)
    except schemes.NoScheme:
        package = None
    return render(request, "grouping/scheme.html", show.page(found, package))


@permit("scheme.import")
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_import(request: Any) -> HttpResponseBase:
    """Adopt the zip of a package; a faulty one is refused with every fault."""
    posted = request.method == "POST"
    form = forms.SchemeForm(request.POST if posted else None, request.FILES if posted else None)
    context: dict[str, Any] = {"title": _("Import a grouping scheme"), "form": form}
    if posted and form.is_valid():
        try:
            made = _adopt(request, form)
        except SchemeError as error:
            context |= show.problems(error)
            form.add_error("package", _("The package does not follow the format; nothing was stored."))
        except files.TooLarge as error:
            form.add_error(
                "package", _("The zip is larger than %(mib)s MiB.") % {"mib": error.limit // 2**20}
            )
        except Refused as refused:
            form.add_error("from_date", _(refused.template) % refused.params)
        else:
            messages.success(
                request, _("%(scheme)s holds from %(day)s.") % {"scheme": made, "day": made.from_date}
            )
            return redirect("scheme", made.pk)
    return render(request, "grouping/scheme_import.html", context, status=400 if form.errors else 200)


def _adopt(request: Any, form: forms.SchemeForm) -> Scheme:
    package = form.cleaned_data["package"]
    return adoption.adopt_package(
        by=request.membership, name=package.name, content=package.chunks(),
        from_date=form.cleaned_data["from_date"], today=timezone.localdate(),
    )  # fmt: skip
