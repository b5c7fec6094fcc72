"""Sign-in by name and password, change of password and language; the second factor is next door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from alliance.models import User
from alliance.services import journal
from alliance.sql import own_sign_in
from alliance.tenancy import sessions
from alliance.web import second_factor, signin_journal  # noqa: F401 (its receivers listen from here on)
from alliance.web.ways import next_page

LANGUAGE_SECONDS = 365 * 24 * 3600


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name and password; failures count by account and by address. Then the second factor, if any."""
    form = AuthenticationForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        login(request, user)
        way = (
            second_factor.way(request, next_page(request))
            if second_factor.expect(request)
            else next_page(request)
        )
        return _with_language(redirect(way), user.language)
    return _form(request, "signin/sign_in.html", form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    return redirect(settings.LOGIN_URL)


class ChangePassword(PasswordChangeForm):
    """The old password goes through the same door as a sign-in, so that guessing it locks the account."""

    def clean_old_password(self) -> str:
        """The old password, or a refusal that counts as a failed sign-in."""
        old = str(self.cleaned_data["old_password"])
        if authenticate(self.request, username=self.user.get_username(), password=old) is None:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        self.request = request
        super().__init__(request.user, data)


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password(request: Any) -> HttpResponseBase:
    """A new password ends every other session of the account."""
    if second_factor.expect(request) and not request.user.is_verified():
        return redirect(second_factor.way(request, request.path))
    form = ChangePassword(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            own_sign_in(request.user.pk)
            user = form.save()
        update_session_auth_hash(request, user)
        journal.platform(user=request.user, verb="password.changed", request=request)
        messages.success(request, _("Your password is changed. All other sessions have ended."))
        return redirect(next_page(request))
    return _form(request, "signin/password.html", form)


@require_POST
def language(request: Any) -> HttpResponseBase:
    """Change the language of the pages, here and for the next sign-in."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES) or not check_for_language(chosen):
        return redirect(next_page(request))
    if request.user.is_authenticated and request.user.language != chosen:
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return _with_language(redirect(next_page(request)), chosen)


def _with_language(response: HttpResponseBase, chosen: str) -> HttpResponseBase:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=LANGUAGE_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


def _form(request: HttpRequest, template: str, form: forms.Form) -> HttpResponseBase:
    status = 200 if request.method == "GET" else 400
    offered = settings.SECOND_FACTOR == sessions.OFFERED
    return render(
        request, template, {"form": form, "next": next_page(request), "offered": offered}, status=status
    )
