"""Forms of messages: an address, and when its owner wants to hear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.messaging import services
from alliance.models import Membership
from alliance.models.messages import Channel
from alliance.web.form_fields import RowField, Rows


class AddressForm(Rows):
    """Whose messages go where; a second person confirms it."""

    member = RowField(label=gettext_lazy("member"))
    channel = forms.ChoiceField(label=gettext_lazy("channel"))
    address = forms.CharField(
        label=gettext_lazy("address"), max_length=400,
        help_text=gettext_lazy("An e-mail address, or the https address of the robot."),
    )  # fmt: skip

    secret = forms.CharField(
        label=gettext_lazy("signing secret"), max_length=128, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Only where a DingTalk robot checks signatures; kept sealed, never shown."),
    )  # fmt: skip

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row("member").offer(members, str)
        known = dict(Channel.choices)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (name, known[Channel(name)]) for name in services.channels()
        ]


class ChoiceForm(forms.Form):
    """Nothing, a digest at a time of day, late things at once, or both."""

    digest_at = forms.TimeField(
        label=gettext_lazy("daily digest at"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: no digest."),
    )  # fmt: skip
    at_once = forms.BooleanField(label=gettext_lazy("at once when something is late"), required=False)
