"""A dry run for the council: what each institution gains and loses, on a sheet of paper and as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib.sheets.out import Cell, write_sheets
from alliance.models import Institution
from alliance.services import journal
from alliance.web.access import permit
from grouping.engine.shift import Shift, Shifts, share
from grouping.models import GroupingRun
from grouping.services import dryrun
from grouping.trials import show
from grouping.trials.views import group_names, run_or_404
from grouping.versions.views import XLSX, named

FOREMOST = 20  # pairs of groups on the printed sheet; the workbook holds all


@permit("scheme.view")
@require_safe
def scheme_trial_sheet(request: Any, pk: int) -> HttpResponse:
    """The dry run as a paper for the council, to be signed."""
    run, found, places = _ended(pk)
    whole = found.all
    before, after = (share(side.grouped, whole.cases) for side in (whole.old, whole.new))
    return render(request, "grouping/trials/sheet.html", {
        "title": show.title(run, found), "run": run, "version": run.version, "span": show.span(run),
        "lines": show.institutions(found, places),
        "total": show.line(_("Total"), "", whole, money=_money(found)),
        "priced": _money(found), "without_rate": whole.new.without_rate, "before": before, "after": after,
        "lost": whole.lost, "gained": whole.gained, "printed": timezone.localdate(), "foremost": FOREMOST,
        "moves": show.moves(found, run, dryrun.names_before(run), group_names(run))[:FOREMOST],
        "moves_number": len(found.moves),
    })  # fmt: skip


@permit("scheme.view")
@require_safe
def scheme_trial_workbook(request: Any, pk: int) -> HttpResponseBase:
    """The dry run as a workbook: institutions, departments, pairs of groups, each on a sheet of its own."""
    run, found, places = _ended(pk)
    journal.write(by=request.membership, verb="trial.exported", about=run, request=request, format="xlsx")
    body, money = io.BytesIO(), _money(found)
    before, after = dryrun.names_before(run), group_names(run)
    write_sheets(body, {
        _("institutions"): _institutions(found, places, money),
        _("departments"): _departments(found, places, money),
        _("groups"): _groups(found, before, after, money),
    })  # fmt: skip
    return named(HttpResponse(body.getvalue(), content_type=XLSX), f"dry-run-{run.pk}.xlsx")


def _ended(pk: int) -> tuple[GroupingRun, Shifts, Mapping[str, str]]:
    """An ended dry run with its sums and the names of the institutions; 404 while it goes on."""
    run = run_or_404(pk)
    if run.ended_at is None:
        raise Http404
    names = {one.code: one.short_name or one.name for one in Institution.objects.all()}
    return run, dryrun.summed(run, today=timezone.localdate()), names


def _money(found: Shifts) -> bool:
    return show.priced(found)


def _institutions(found: Shifts, names: Mapping[str, str], money: bool) -> Iterator[list[Cell]]:
    yield [_("code"), _("institution"), *_heads()]
    for code, one in sorted(found.institutions.items()):
        yield [code, names.get(code, code), *_cells(one, money)]
    yield ["", _("Total"), *_cells(found.all, money)]


def _departments(found: Shifts, names: Mapping[str, str], money: bool) -> Iterator[list[Cell]]:
    yield [_("code"), _("institution"), _("department code"), *_heads()]
    for (code, department), one in sorted(found.departments.items()):
        yield [code, names.get(code, code), department, *_cells(one, money)]


def _groups(
    found: Shifts, before: Mapping[str, str], after: Mapping[str, str], money: bool
) -> Iterator[list[Cell]]:
    yield [_("group before"), _("name"), _("group after"), _("name"), *_heads()]
    for (old, new), one in sorted(found.moves.items()):
        yield [old, before.get(old, ""), new, after.get(new, ""), *_cells(one, money)]


def _heads() -> list[Cell]:
    return [
        _("cases"), _("changed cases"), _("weight before"), _("weight after"), _("difference in weight"),
        _("CMI before"), _("CMI after"), _("standard before (yuan)"), _("standard after (yuan)"),
        _("difference (yuan)"),
    ]  # fmt: skip


def _cells(one: Shift, money: bool) -> list[Cell]:
    """The figures of a line; without a rate in force nothing stands where money would, not zero."""
    weights = [_plain(value) for value in (one.old.weight, one.new.weight, one.weight)]
    fen = [one.old.fen, one.new.fen, one.fen]
    yuan: list[Cell] = [Decimal(value) / 100 if money else None for value in fen]
    return [one.cases, one.changed, *weights, one.old.cmi, one.new.cmi, *yuan]


def _plain(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")
