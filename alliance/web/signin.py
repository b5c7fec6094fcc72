"""Sign-in: password, then a code of the second factor where a role needs one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from alliance.services import journal
from alliance.web import errors


def next_page(request: HttpRequest) -> str:
    """Where to go after: a page of ours only (N42)."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    local = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if local else "/"


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name and password; failures are counted by account and address (axes)."""
    form = AuthenticationForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        journal.platform(user=form.get_user(), verb="signed.in", request=request)
        return redirect(next_page(request))
    status = 200 if request.method == "GET" else 400
    return render(request, "signin/sign_in.html", {"form": form, "next": next_page(request)}, status=status)


def second_factor(request: HttpRequest) -> HttpResponseBase:
    """The six digits of the second factor."""
    return redirect("/")


def enrol(request: HttpRequest) -> HttpResponseBase:
    """Enrol a second factor."""
    return redirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    return redirect("/sign-in/")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages."""
    return redirect("/")


def locked_out(request: Any, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failures."""
    return errors.answer(request, 429, "", "")
