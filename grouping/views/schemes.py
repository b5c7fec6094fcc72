"""The page of a grouping scheme in force: where it comes from, how large it is, what deserves a look."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.web.access import get_or_404, permit
from grouping.models import Scheme
from grouping.services import schemes
from grouping.show import scheme as show


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
