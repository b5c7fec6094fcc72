"""The second factor: six digits of an authenticator app, asked in each session (walls.md section 5)."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import django_otp
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.services import journal
from alliance.tenancy import sessions
from alliance.web.qr import picture
from alliance.web.ways import next_page

DEVICE_NAME = "authenticator"


class CodeForm(forms.Form):
    """Six digits."""

    code = forms.CharField(
        label=gettext_lazy("Six digits"),
        max_length=6,
        strip=True,
        validators=[RegexValidator(r"^[0-9]{6}$", gettext_lazy("Enter the six digits the app shows."))],
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "class": "num"}
        ),
    )


def device_of(user: Any) -> TOTPDevice | None:
    """The second factor a user has confirmed."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def expect(request: Any) -> bool:
    """True when the user has a second factor; notes it in the session, so that no page need ask again."""
    request.session[sessions.FACTOR] = device_of(request.user) is not None
    return bool(request.session[sessions.FACTOR])


def way(request: HttpRequest, next_page: str) -> str:
    """The page that asks for the code, or that sets the factor up, and where to go from there."""
    return f"{sessions.factor_page(request)}?{urlencode({'next': next_page})}"


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_http_methods(["GET", "POST"])
def ask(request: Any) -> HttpResponseBase:
    """The six digits of the second factor, once a session."""
    device = device_of(request.user)
    if device is None:
        expect(request)
        return redirect(way(request, next_page(request)))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _accepted(request, device, form):
        return redirect(next_page(request))
    return _page(request, "signin/second_factor.html", form)


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_http_methods(["GET", "POST"])
def enrol(request: Any) -> HttpResponseBase:
    """Set up a second factor: a new key at each look, confirmed by the first code made with it."""
    if device_of(request.user) is not None:
        expect(request)
        # Whoever holds the password alone must not put a device of their own beside the first one.
        return redirect("/" if request.user.is_verified() else way(request, next_page(request)))
    device = _draft(request.user, fresh=request.method == "GET")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _accepted(request, device, form):
        messages.success(request, _("The second factor is set up. Keep the phone with you when you sign in."))
        return redirect(next_page(request))
    return _page(request, "signin/enrol.html", form, qr=picture(device.config_url), secret=key_text(device))


def _draft(user: Any, *, fresh: bool) -> TOTPDevice:
    """The device being set up. A look makes a new key: nobody can have noted it at an earlier look."""
    with transaction.atomic():
        drafts = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False)
        if fresh:
            drafts.delete()
        return drafts.first() or TOTPDevice.objects.create(user=user, name=DEVICE_NAME, confirmed=False)


def _accepted(request: Any, device: TOTPDevice, form: CodeForm) -> bool:
    """Check the code (each wrong one doubles the wait), mark the session, journal both outcomes."""
    first = not device.confirmed
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        may, wait = device.verify_is_allowed()
        right = may and device.verify_token(form.cleaned_data["code"])
        if right and first:
            TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
            device.confirmed = True
    verb = "second_factor.enrolled" if first and right else "second_factor.checked"
    journal.platform(user=request.user, verb=verb, result="done" if right else "denied", request=request)
    if not right:
        form.add_error(
            "code",
            _wait(wait)
            if not may
            else _("These digits are wrong or have been used. Wait for the next ones."),
        )
        return False
    request.session.cycle_key()
    request.session[sessions.FACTOR] = True
    django_otp.login(request, device)
    return True


def _wait(why: Any) -> str:
    until = why.get("locked_until") if why else None
    clock = until.astimezone().strftime("%H:%M:%S") if until else ""
    return _("Too many wrong codes. Try again after %(time)s.") % {"time": clock}


def key_text(device: TOTPDevice) -> str:
    """The key as apps take it by hand: base 32 in groups of four."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _page(request: HttpRequest, template: str, form: CodeForm, **more: str) -> HttpResponseBase:
    context = {"form": form, "next": next_page(request), **more}
    return render(request, template, context, status=200 if request.method == "GET" else 400)
