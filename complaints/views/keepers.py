"""Who opens the sealed box: the page, proposing, consenting, confirming after a reset, ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.lib.refusal import Refused
from alliance.web import errors
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import add_refusal, worded
from complaints import machine
from complaints.forms.keepers import KeeperForm, ObjectForm
from complaints.models import BoxKeeper
from complaints.services import keepers
from complaints.show import keepers as show


@permit("sealed_box.keepers")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Any) -> HttpResponseBase:
    """Who opens the box and what happened; a form for who may propose."""
    member, now = request.membership, timezone.now()
    form = None
    if member.can(machine.PROPOSE):
        form = KeeperForm(request.POST or None, by=member)
    if request.method == "POST":
        require(member, machine.PROPOSE)
        if form is not None and form.is_valid():
            try:
                keepers.propose(by=member, now=now, **form.cleaned_data)
            except Refused as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("Proposed. The box opens when a second person has consented."))
                return redirect("box-keepers")
    return _page(request, form, 400 if form is not None and form.errors else 200)


@permit("sealed_box.keepers")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Consent, confirm after a reset, end."""
    row = get_or_404(BoxKeeper.objects.select_related("membership", "proposed_by"), pk=pk)
    deeds = {"consent": keepers.consent, "resume": keepers.resume, "end": keepers.end}
    if step not in deeds:
        raise Http404
    more = {"device": _device(request)} if step == "resume" else {}
    try:
        deeds[step](by=request.membership, keeper=row, **more)  # type: ignore[operator]
    except Refused as refused:
        return errors.answer(request, 409, _("This was not done"), worded(refused))
    messages.success(request, _("Kept, and shown to every keeper of the box."))
    return redirect("box-keepers")


@permit("sealed_box.object")
@require_POST
def objected(request: Any, pk: int) -> HttpResponseBase:
    """Object to an appointment before it takes effect."""
    row = get_or_404(BoxKeeper.objects.select_related("membership"), pk=pk)
    form = ObjectForm(request.POST, auto_id=f"object-{pk}-%s")
    if form.is_valid():
        try:
            keepers.object_to(by=request.membership, keeper=row, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Kept. The leading body has to decide anew."))
            return redirect("box-keepers")
    own = KeeperForm(by=request.membership) if request.membership.can(machine.PROPOSE) else None
    return _page(request, own, 400, (pk, form))


@permit("sealed_box.open")
@require_POST
def noted(request: Any) -> HttpResponseBase:
    """A keeper has seen what happened to the others."""
    keepers.note(by=request.membership)
    return redirect("box-keepers")


def _device(request: Any) -> TOTPDevice | None:
    """The second factor this session was opened with."""
    device = getattr(request.user, "otp_device", None)
    return device if isinstance(device, TOTPDevice) else None


def _page(request: Any, form: Any, status: int, given: Any = None) -> HttpResponse:
    context = show.page(request.membership, form, timezone.now(), given)
    return render(request, "complaints/keepers.html", context, status=status)
