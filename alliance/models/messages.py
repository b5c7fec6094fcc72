"""Messages to the outside: whose address, who chose what, what was told already, and the outbox.

Nothing is sent by itself: a channel is switched on by the environment, an address is entered by one person
and confirmed by another, and its owner chooses when to hear.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMModelMixin, transition

from alliance.models.base import AllianceRow
from alliance.models.fields import SealedField
from alliance.models.state import StateField


class Channel(models.TextChoices):
    """Ways out of the house."""

    MAIL = "mail", _("e-mail")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")


class MessageAddress(AllianceRow):
    """Where a member's messages go on a channel. Another address is another row; an ended one stays."""

    append_only = True
    fill_once = ("confirmed_by_id", "confirmed_at", "ended_by_id", "ended_at")

    membership = models.ForeignKey(
        "alliance.Membership", verbose_name=_("member"), on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    address = SealedField(_("address"))
    shown = models.CharField(_("address"), max_length=60)
    # With which a robot that wants signed messages checks who sends; never shown again.
    secret = SealedField(_("signing secret"), null=True)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("address of messages"), _("addresses of messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "membership", "channel"], condition=Q(ended_at=None),
                name="message_address_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by"))),
                name="message_address_two_persons",
            ),
        ]  # fmt: skip


class MessageChoice(AllianceRow):
    """When the owner of an address wants to hear: a digest at a time of day, late things at once."""

    address = models.ForeignKey(MessageAddress, on_delete=models.PROTECT, related_name="choices")
    digest_at = models.TimeField(_("daily digest at"), null=True)
    at_once = models.BooleanField(_("at once when something is late"), default=False)

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "address"], name="message_choice_once")]


class MessageTold(AllianceRow):
    """What an address was told, or a digest that was due: written once, so that nothing is told twice."""

    append_only = True

    address = models.ForeignKey(MessageAddress, on_delete=models.PROTECT, related_name="+")
    thing = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "address", "thing"], name="message_told_once")
        ]


class Outbox(FSMModelMixin, AllianceRow):
    """A message to the outside: written with the business change, sent at most once.

    `key` is unique. A worker claims a row before it sends; one that dies between sending and writing it down
    leaves the row "sending", and the row becomes "uncertain", never sent again by itself: a person decides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "waiting")
        SENDING = "sending", pgettext_lazy("message", "being sent")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        UNCERTAIN = "uncertain", pgettext_lazy("message", "uncertain")

    key = models.CharField(max_length=120)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    address = models.ForeignKey(MessageAddress, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField()
    state = StateField(
        _("state"), max_length=12, choices=State.choices, default=State.WAITING, editable=False
    )
    created_at = models.DateTimeField(_("written"))
    try_at = models.DateTimeField(_("next attempt"))
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("what happened"), max_length=300, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("message"), _("outbox")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "key"], name="outbox_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="outbox_sent",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "state", "try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    @transition(state, State.WAITING, State.SENDING)
    def claim(self) -> None:
        """A worker takes it."""

    @transition(state, State.SENDING, State.SENT)
    def sent(self) -> None:
        """The other side took it."""

    @transition(state, State.SENDING, State.WAITING)
    def later(self) -> None:
        """The other side did not take it: once more later."""

    @transition(state, State.SENDING, State.FAILED)
    def give_up(self) -> None:
        """So often in vain."""

    @transition(state, State.SENDING, State.UNCERTAIN)
    def lose(self) -> None:
        """Nobody knows whether it was taken."""

    @transition(state, [State.FAILED, State.UNCERTAIN], State.WAITING)
    def again(self) -> None:
        """A person says: send it again."""
