"""What complaints are called: channels, who speaks, how grave, who stands next; links to the ground."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def link(to: str, label: Any, **more: Any) -> Any:
    """A link that stays as long as the row."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more)


def optional(to: str, label: Any, **more: Any) -> Any:
    """A link that may be absent."""
    return link(to, label, null=True, blank=True, **more)


class Channel(models.TextChoices):
    """How a complaint came (practice.md section 9)."""

    LINK = "link", _("QR code or link")
    COUNTER = "counter", _("at the counter")
    PHONE = "phone", _("by telephone")
    LETTER = "letter", _("by letter")
    BILL = "bill", _("line of a bill")
    HOTLINE_12345 = "12345", _("order of 12345")
    HOTLINE_12393 = "12393", _("order of 12393")


# What the person sends alone; what a member of the house writes down; what is imported.
BY_ONESELF = (Channel.LINK, Channel.BILL)
TAKEN_DOWN = (Channel.COUNTER, Channel.PHONE, Channel.LETTER)
ORDERS = (Channel.HOTLINE_12345, Channel.HOTLINE_12393)


class Filer(models.TextChoices):
    """For whom the one who files speaks."""

    SELF = "self", _("for myself")
    FAMILY = "family", _("for a relative")
    STAFF = "staff", _("as village doctor or staff, for somebody")


class Severity(models.TextChoices):
    """How grave it is; the words are told in their own meaning here."""

    ORDINARY = "1_ordinary", pgettext_lazy("complaint", "ordinary")
    SERIOUS = "2_serious", pgettext_lazy("complaint", "serious")
    GRAVE = "3_grave", pgettext_lazy("complaint", "grave")


class Verdict(models.TextChoices):
    """What was found of it."""

    TRUE = "true", pgettext_lazy("complaint", "justified")
    PARTLY = "partly", pgettext_lazy("complaint", "partly justified")
    UNTRUE = "untrue", pgettext_lazy("complaint", "not justified")


class Word(models.TextChoices):
    """By which way the person's word came that it is solved, or withdrawn."""

    LINK = "link", _("by the private link")
    STAFF = "staff", _("noted by staff")


class Reached(models.TextChoices):
    """Who told it to the member of staff who noted it."""

    PERSON = "person", pgettext_lazy("complaint", "the person")
    FAMILY = "family", pgettext_lazy("complaint", "a relative")
    HOTLINE = "hotline", pgettext_lazy("complaint", "the hotline")


class Way(models.TextChoices):
    """How it was told."""

    PHONE = "phone", pgettext_lazy("complaint", "by telephone")
    VISIT = "visit", pgettext_lazy("complaint", "face to face")
    LETTER = "letter", pgettext_lazy("complaint", "in writing")


class Level(models.TextChoices):
    """Who stands for it now: an escalation goes one level up."""

    DEPARTMENT = "department", pgettext_lazy("complaint", "department")
    INSTITUTION = "institution", pgettext_lazy("complaint", "institution")
    ALLIANCE = "alliance", pgettext_lazy("complaint", "alliance office")


class Clock(models.TextChoices):
    """The two clocks of a complaint (S1-67, definitions 11)."""

    FIRST = "first", _("first answer")
    RESULT = "result", pgettext_lazy("complaint", "result")
