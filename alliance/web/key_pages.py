"""The page of one's API keys: issue, see when each was used, revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from alliance.models import ApiToken, Membership
from alliance.services import api_keys
from alliance.web import cells, lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.form_fields import WholeField
from alliance.web.parts import Empty

MOST_DAYS = 366


class KeyForm(forms.Form):
    """A name to know the key by, and its last day."""

    name = forms.CharField(label=gettext_lazy("what it is for"), max_length=60)
    days = WholeField(
        label=gettext_lazy("days until it ends"), min_value=1, max_value=MOST_DAYS, initial=90,
        help_text=gettext_lazy("At most a year; issue a new one before then."),
    )  # fmt: skip


class KeyTable(lists.Table):
    """One line a key."""

    name = tables.Column(verbose_name=gettext_lazy("what it is for"), attrs=lists.HEAD)
    state = tables.Column(verbose_name=gettext_lazy("state"), accessor="pk", attrs=lists.KEY)
    created_at = tables.Column(verbose_name=gettext_lazy("issued"))
    expires_at = tables.Column(verbose_name=gettext_lazy("ends"))
    last_used_at = tables.Column(verbose_name=gettext_lazy("last used"))
    end = tables.TemplateColumn(template_name="alliance/_revoke.html", verbose_name="")

    def render_state(self, record: ApiToken) -> Any:
        if not record.is_active:
            return cells.chip("", _("revoked"), "ban")
        ended = record.expires_at <= timezone.now()
        return cells.chip("stale", _("ended")) if ended else cells.chip("ok", _("in use"))

    def render_created_at(self, record: ApiToken) -> str:
        return words.moment(record.created_at)

    def render_expires_at(self, record: ApiToken) -> str:
        return words.moment(record.expires_at)

    def render_last_used_at(self, record: ApiToken) -> str:
        return words.moment(record.last_used_at)


def seen_by(membership: Membership) -> QuerySet[ApiToken]:
    """One's own keys."""
    return ApiToken.objects.filter(membership=membership).order_by("-pk")


@permit("api_key.issue")
@require_http_methods(["GET", "HEAD", "POST"])
def key_list(request: Any) -> HttpResponseBase:
    """One's keys and the form for a new one; its text is in the answer to the form and nowhere else."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        expires = timezone.now() + timedelta(days=form.cleaned_data["days"])
        row, text = api_keys.issue(by=request.membership, name=form.cleaned_data["name"], expires_at=expires)
        return render(request, "alliance/key.html", {"title": _("New API key"), "row": row, "text": text})
    extra = {"title": _("API keys"), "form": form, "action": reverse("api-keys")}
    empty = Empty(_("You have no API keys"), _("A key lets a program read and act as you, within your role."))
    answer = lists.answer(
        request, "alliance/keys.html", seen_by(request.membership), KeyTable, empty=empty, extra=extra
    )
    answer.status_code = 400 if form.errors else 200
    return answer


@permit("api_key.issue")
@require_POST
def key_revoke(request: Any, pk: int) -> HttpResponseBase:
    """End one of one's keys at once."""
    token = get_or_404(seen_by(request.membership), pk=pk)
    api_keys.revoke(by=request.membership, token=token)
    messages.success(request, format_html(_("The key “{}” is revoked."), token.name))
    return redirect("api-keys")
