"""Published versions of performance schemes, and what differs between two."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib.period import Month
from alliance.web.access import get_or_404, permit
from grouping.disputes.show import settled_by_thing
from performance.dictionary import disputed
from performance.drafting import show, words
from performance.models import SchemeDraft, SchemeVersion
from performance.services import schemes

FORM = ["GET", "HEAD", "POST"]


@permit("indicator.view")
@require_safe
def scheme_list(request: Any) -> HttpResponse:
    """Versions with the months they hold, drafts for those who work on them."""
    today, rows = timezone.localdate(), list(SchemeVersion.objects.select_related("entered_by__user"))
    month = Month.of(today)
    current = [schemes.in_force(month, level) for level in dict.fromkeys(row.level for row in rows)]
    context = {
        "title": _("Performance schemes"), "versions": rows,
        "current": {row.pk for row in current if row}, "copied": schemes.in_force(month),
        "today": today.replace(day=1),
        "drafts": _drafts() if show.may_see_drafts(request.membership) else None,
    }  # fmt: skip
    return render(request, "performance/drafting/list.html", context)


def _drafts() -> Any:
    return SchemeDraft.objects.select_related("base", "changed_by__user", "approval").exclude(
        state__in=[SchemeDraft.State.PUBLISHED]
    )[:50]


@permit("indicator.view")
@require_safe
def scheme_version(request: Any, pk: int) -> HttpResponse:
    """A published version: weights, forms, floors; everybody may read by what they are scored."""
    version = get_or_404(SchemeVersion.objects.select_related("entered_by__user"), pk=pk)
    scheme = version.scheme()
    before = SchemeVersion.objects.filter(code=version.code, from_date__lt=version.from_date).first()
    context = {
        "title": f"{words.named(scheme)} {version.version}", "version": version, "scheme": scheme,
        "matrix": show.matrix(scheme, None, None), "checks": show.checks(scheme, version.level),
        "before": before,
        "columns": show.columns(scheme), "missing": words.MISSED[scheme.when_missing],
        "settled": settled_by_thing(disputed.SETTLED_BY, pk),
        "others": show.versions_to_compare(request.membership, besides=f"version-{pk}"),
    }  # fmt: skip
    return render(request, "performance/drafting/version.html", context)


@permit("indicator.view")
@require_safe
def scheme_difference(request: Any) -> HttpResponse:
    """Two versions side by side, one difference a line."""
    old, new = (_either(request, request.GET.get(name, "")) for name in ("old", "new"))
    context = {
        "title": _("What differs"), "old": old, "new": new,
        "rows": [*show.change_rows(old.scheme(), new.scheme()), *show.judge_rows(old, new)],
    }  # fmt: skip
    return render(request, "performance/drafting/difference.html", context)


def _either(request: Any, text: str) -> SchemeVersion | SchemeDraft:
    """The version or draft an address names, such as version-3."""
    kind, _dash, number = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    if kind == "version":
        return get_or_404(SchemeVersion.objects.all(), pk=int(number))
    if kind == "draft" and show.may_see_drafts(request.membership):
        return get_or_404(SchemeDraft.objects.all(), pk=int(number))
    raise Http404
