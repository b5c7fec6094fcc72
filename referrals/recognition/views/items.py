"""Pages of the register of recognisable items, and what both pages of sheets share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.web import lists, parts
from alliance.web.access import permit
from alliance.web.refused import add_refusal
from referrals.recognition import forms, services, sheets, tables
from referrals.recognition.models import Item

FAULTS_SHOWN = 200


def register_today() -> list[Item]:
    """The items that hold today, by the way they are made."""
    return list(Item.objects.in_force(timezone.localdate()).order_by("modality", "code"))


@permit("recognition.view")
@require_safe
def item_list(request: Any) -> HttpResponse:
    """The register as it holds today."""
    rows = Item.objects.in_force(timezone.localdate()).order_by("code")
    may = request.membership.can("recognition.items")
    empty = parts.Empty(
        _("The register is empty"), _("Without items nothing can be ordered, shown or recognised."),
        reverse("recognition-items-import") if may else "", _("Import the register") if may else "", "list",
    )  # fmt: skip
    return lists.answer(
        request, "recognition/items.html", rows, tables.ItemTable, filterset=tables.ItemFilter, empty=empty,
        extra={"title": _("Recognisable items")},
    )  # fmt: skip


@permit("recognition.items")
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: Any) -> HttpResponseBase:
    """One item by hand."""
    form = forms.ItemForm(request.POST or None, initial={"from_date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.register(
                by=request.membership, item=form.item(), from_date=form.cleaned_data["from_date"],
                source=form.cleaned_data["source"],
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The item is registered."))
            return redirect("recognition-items")
    page = {"title": _("Register an item"), "form": form}
    return render(request, "recognition/item_new.html", page, status=400 if form.errors else 200)


COLUMNS = (
    "项目编码、项目名称、检查方式（检验、影像、超声、心电、病理、内镜、其他）、"
    "有效天数、项目族、互认标识、停用"
)


@permit("recognition.items")
@require_http_methods(["GET", "HEAD", "POST"])
def import_items(request: Any) -> HttpResponseBase:
    """The register from a sheet that holds from a day on."""
    page = {
        "title": _("Import the register"), "back": reverse("recognition-items"), "columns": COLUMNS
    }  # fmt: skip

    def take(data: dict[str, Any]) -> str:
        stored = services.import_sheet(
            by=request.membership, name=data["sheet"].name, content=data["sheet"].file,
            from_date=data["from_date"], source=data["source"], take_good=data["take_good"],
        )  # fmt: skip
        return _("%(n)d items hold from %(day)s.") % {"n": stored, "day": data["from_date"]}

    return sheet_page(request, forms.ItemSheetForm, page, take)


def sheet_page(
    request: Any, kind: type[forms.SheetForm], page: dict[str, Any], take: Callable[[dict[str, Any]], str]
) -> HttpResponseBase:
    """Take a sheet, or show the form with every bad row, its column and what to do."""
    form = kind(request.POST or None, request.FILES or None, initial={"from_date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            said = take(form.cleaned_data)
        except sheets.Faults as bad:
            page |= {"bad": forms.bad_rows(bad.faults[:FAULTS_SHOWN]), "count": len(bad.faults)}
            page |= {"good": bad.good, "more": max(0, len(bad.faults) - FAULTS_SHOWN)}
        except Refused as error:
            add_refusal(form, error, "sheet")
        else:
            messages.success(request, said)
            return redirect(page["back"])
    status = 400 if request.method == "POST" else 200
    return render(request, "recognition/sheet.html", page | {"form": form}, status=status)
