"""The page between a first day in the past and its proposal: which months it touches, and a tick."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from grouping.services import past
from grouping.versions import impact

NAME = "confirmed"


def ticked(request: Any) -> bool:
    """Whether the tick came with the request."""
    return request.POST.get(NAME) == "on"


def page(request: Any, *, day: date, scheme: bool, sent: dict[str, str], back: str) -> HttpResponse:
    """Ask for the tick. `sent`: the fields of the first form, sent again; `back`: the way out.

    Asked a second time without it, the page says so and answers 400.
    """
    found = past.touched(day)
    form = forms.Form(request.POST if "asked" in request.POST else None)
    form.fields[NAME] = forms.BooleanField(
        label=impact.tick(found),
        error_messages={"required": _("Tick this, or go back and choose another day.")},
    )
    context = {
        "title": _("%(day)s is in the past") % {"day": day}, "form": form, "sent": sent, "back": back,
        "lines": impact.consequences(found, scheme=scheme),
    }  # fmt: skip
    return render(request, "grouping/backdating.html", context, status=400 if form.errors else 200)
