"""The page on which the local overrides of the version in force follow to the next official package."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.lib.refusal import Refused
from alliance.web.access import permit
from alliance.web.refused import worded
from grouping.services import carrying
from grouping.versions import carried
from grouping.versions.views import version_or_404


@permit("scheme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_carry(request: Any, pk: int) -> HttpResponseBase:
    """Look at every local override, decide the conflicts, and make the draft that has them."""
    version = version_or_404(pk)
    found = carrying.offered(version)
    if found is None:
        raise Http404
    choices = {name.removeprefix("choice."): value for name, value in request.POST.items()}
    named, refused = request.POST.get("version", f"{version.version}-1"[:20]), ""
    if request.method == "POST":
        try:
            made = carrying.take_over(
                by=request.membership, carrying=found, named=named[:20], choices=choices
            )
        except Refused as error:
            refused = worded(error)
        else:
            messages.success(
                request, _("%(version)s is a draft with the local overrides.") % {"version": made}
            )
            return redirect("scheme-version", made.pk)
    context = {
        "title": _("Carry local overrides over"), "version": version, "found": found, "refused": refused,
        "rows": carried.rows(found.found, choices), "named": named, "conflicts": len(found.conflicts),
        "adjustments": [(row.key, " ".join(missing)) for row, missing in carrying.beside(version)],
    }  # fmt: skip
    return render(request, "grouping/scheme_carry.html", context, status=400 if refused else 200)
