"""What an institution's departments offer to those who refer to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department
from alliance.web.access import get_or_404, permit
from referrals import forms, show
from referrals.models import Reception
from referrals.services import reception as services
from referrals.views.referral import own_institution


@permit("referral.reception")
@require_safe
def reception(request: Any) -> HttpResponseBase:
    """The departments with what each offers and how many appointments are still free today."""
    place = own_institution(request.membership)
    today = timezone.localdate(timezone=SHANGHAI)
    return render(
        request, "referrals/reception.html", show.reception(services.described(place), services.booked(today))
    )


@permit("referral.reception")
@require_http_methods(["GET", "HEAD", "POST"])
def reception_edit(request: Any, pk: int) -> HttpResponseBase:
    """What one department offers."""
    place = own_institution(request.membership)
    room = get_or_404(Department.objects.filter(institution=place), pk=pk)
    row = Reception.objects.filter(institution=place, department=room).first()
    form = forms.ReceptionForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.describe(
            by=request.membership, institution=place, department=room, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("%(room)s is described.") % {"room": room.name})
        return redirect("referral-reception")
    return render(
        request, "referrals/reception_edit.html", {"title": room.name, "form": form},
        status=400 if form.errors else 200,
    )  # fmt: skip
