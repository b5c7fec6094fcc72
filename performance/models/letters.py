"""Commitment letters (协同绩效承诺书): what an institution promises for a year, who signed, what came of it.

S3-31. Nothing that was offered is rewritten: another content is the next revision, signed is signed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.engine.commitments import Promise
from performance.engine.restore import restore
from performance.models.declared import link

RUN, SIGN, FILE, VIEW = "letter.run", "letter.sign", "letter.file", "consequence.view"
SIGNED = ("signed", "in_force", "assessed", "settled")


class LetterTemplate(AllianceRow):
    """What institutions of some kinds promise, from a year on; the newest version of a code counts."""

    append_only = True

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    kinds = ArrayField(models.CharField(max_length=12), verbose_name=_("kinds"))
    from_year = models.PositiveSmallIntegerField(_("from the year"))
    promises = models.JSONField(_("promises"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    entered_by = link(_("entered by"), "alliance.Membership", null=True)
    entered_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("template of a letter"), _("templates of letters")
        ordering = ["code", "-from_year"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "from_year"], name="letter_template_once"),
            models.CheckConstraint(condition=~Q(decided_by=""), name="letter_template_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.from_year}"

    def lines(self) -> tuple[Promise, ...]:
        """The promises as the engine's frozen values."""
        return restore(tuple[Promise, ...], self.promises)


class LetterQuerySet(AllianceQuerySet):
    """Which letters a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The own institution's from the offer on, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here).exclude(state="draft")

    def named(self) -> Any:
        """With all that a page names."""
        return self.select_related(
            "institution", "drafted_by__user", "offered_by__user", "signed_by__user", "paper_by__user",
            "checked_by__user", "countersigned_by__user",
        )  # fmt: skip


class Letter(AllianceRow, Stepped):
    """One institution's letter of one year. `low`, `high`, `partial`: the parameters when it was drafted.

    Signed in the system by the legal representative, or on paper: number and scan entered by one person and
    checked by another. `outcome` is what the year came to, frozen; `progress` the last look at a running one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("letter", "draft")
        OFFERED = "offered", pgettext_lazy("letter", "waits for signature")
        PAPER = "paper", pgettext_lazy("letter", "scan waits for its check")
        SIGNED = "signed", pgettext_lazy("letter", "signed")
        IN_FORCE = "in_force", pgettext_lazy("letter", "in force")
        ASSESSED = "assessed", pgettext_lazy("letter", "assessed")
        SETTLED = "settled", pgettext_lazy("letter", "settled")
        CANCELLED = "cancelled", pgettext_lazy("letter", "cancelled")

    class Way(models.TextChoices):
        SYSTEM = "system", _("in the system")
        PAPER = "paper", _("on paper")

    institution = link(_("institution"), "alliance.Institution")
    year = models.PositiveSmallIntegerField(_("year"))
    template = link(_("template"), LetterTemplate)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    low = models.DecimalField(max_digits=5, decimal_places=2)
    high = models.DecimalField(max_digits=5, decimal_places=2)
    partial = models.DecimalField(max_digits=5, decimal_places=2)
    drafted_by = link(_("drafted by"), "alliance.Membership")
    drafted_at = models.DateTimeField(_("drafted"))
    offered_by = link(_("offered by"), "alliance.Membership", null=True)
    offered_at = models.DateTimeField(_("offered"), null=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    way = models.CharField(_("signed how"), max_length=8, choices=Way, blank=True)
    signed_by = link(_("signed by"), "alliance.Membership", null=True)
    signed_name = models.CharField(_("legal representative"), max_length=60, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    document = models.CharField(_("document number"), max_length=80, blank=True)
    signed_on = models.DateField(_("day of signature"), null=True)
    scan = link(_("scan"), "alliance.Attachment", null=True)
    paper_by = link(_("entered by"), "alliance.Membership", null=True)
    checked_by = link(_("checked by"), "alliance.Membership", null=True)
    countersigned_by = link(_("countersigned by"), "alliance.Membership", null=True)
    in_force_at = models.DateTimeField(_("in force since"), null=True)
    progress = models.JSONField(null=True, editable=False)
    progress_at = models.DateTimeField(null=True, editable=False)
    outcome = models.JSONField(null=True, editable=False)
    assessed_at = models.DateTimeField(_("assessed"), null=True)
    left_out = models.CharField(_("why assessed without what is not known"), max_length=500, blank=True)
    why = models.CharField(_("why"), max_length=500, blank=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(LetterQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("commitment letter"), _("commitment letters")
        ordering = ["-year", "institution__code", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "year"], condition=~Q(state="cancelled"),
                name="letter_once",
            ),
            models.CheckConstraint(
                condition=Q(low__gt=0, low__lte=F("high"), high__lte=100, partial__gte=0, partial__lte=100),
                name="letter_band",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | Q(offered_by__isnull=False, offered_at__isnull=False, digest__gt=""),
                name="letter_offered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SIGNED)
                | Q(way="system", signed_by__isnull=False, signed_name__gt="", signed_at__isnull=False)
                | Q(way="paper", document__gt="", signed_on__isnull=False, paper_by__isnull=False,
                    checked_by__isnull=False, signed_at__isnull=False),
                name="letter_signed",
            ),
            models.CheckConstraint(condition=~Q(checked_by=F("paper_by")), name="letter_two_persons"),
            models.CheckConstraint(
                condition=~Q(state__in=["in_force", "assessed", "settled"])
                | Q(countersigned_by__isnull=False, in_force_at__isnull=False),
                name="letter_countersigned",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["assessed", "settled"])
                | Q(outcome__isnull=False, assessed_at__isnull=False),
                name="letter_assessed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.institution} {self.year}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: the alliance. Own: the institution that promises. Second: who did not enter the scan."""
        if membership.institution_id is None:
            first = self.paper_by is not None and self.paper_by.user_id == membership.user_id
            return frozenset({"office"} if first else {"office", "second"})
        own = membership.institution_id == self.institution_id
        return frozenset({"own"} if own else ())

    @transition(state, State.DRAFT, State.OFFERED, custom=step(1, "office", RUN, _("Offer"), "up"))
    def offer(self) -> None:
        """The alliance puts the letter before the institution."""

    @transition(
        state, State.OFFERED, State.SIGNED, custom=step(1, "own", SIGN, _("Sign…"), "check", "signed_at")
    )
    def sign(self) -> None:
        """The legal representative signs in the system."""

    @transition(
        state, State.OFFERED, State.PAPER,
        custom=step(2, "own office", FILE, _("Enter the signed paper…"), "file"),
    )  # fmt: skip
    def enter_paper(self) -> None:
        """One person enters number, day and scan of the paper that was signed."""

    @transition(
        state, State.PAPER, State.SIGNED,
        custom=step(1, "second", RUN, _("The scan is right"), "check", "signed_at"),
    )  # fmt: skip
    def check_paper(self) -> None:
        """Another person has compared the entry with the scan."""

    @transition(
        state, State.PAPER, State.OFFERED, custom=step(2, "second", RUN, _("The scan is wrong…"), "x")
    )
    def refuse_paper(self) -> None:
        """The entry does not agree with the scan."""

    @transition(state, State.OFFERED, State.DRAFT, custom=step(3, "own office", FILE, _("Send back…"), "x"))
    def send_back(self) -> None:
        """It is to be changed before anybody signs."""

    @transition(
        state, State.SIGNED, State.IN_FORCE,
        custom=step(1, "office", RUN, _("Countersign"), "check", "in_force_at"),
    )  # fmt: skip
    def countersign(self) -> None:
        """The alliance signs as well: it holds for its year."""

    @transition(state, State.IN_FORCE, State.ASSESSED, custom=step(9, "", RUN, "", "", "assessed_at"))
    def assess(self) -> None:
        """The year is over and what was promised is judged."""

    @transition(state, State.ASSESSED, State.SETTLED, custom=step(9, "", RUN, "", ""))
    def settle(self) -> None:
        """Nothing is deducted, or the body has decided."""

    @transition(state, State.DRAFT, State.CANCELLED, custom=step(9, "office", RUN, _("Give up…"), "x"))
    def cancel(self) -> None:
        """Nobody wants this letter."""


class LetterPromise(AllianceRow):
    """One line of one revision of a letter. `low` and `high` are the band its deduction has to lie in."""

    append_only = True

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="lines")
    revision = models.PositiveSmallIntegerField(_("revision"))
    place = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("measure"), max_length=40)
    of = models.CharField(max_length=10, choices=[("indicator", _("indicator")), ("fact", _("fact"))])
    side = models.CharField(max_length=8, choices=[("at_least", _("at least")), ("at_most", _("at most"))])
    per = models.CharField(max_length=4, choices=[("year", _("a year")), ("week", _("a week"))])
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=4)
    share = models.DecimalField(_("deduction if broken, %"), max_digits=5, decimal_places=2)
    low = models.DecimalField(max_digits=5, decimal_places=2)
    high = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("promise"), _("promises")
        ordering = ["letter", "revision", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "letter", "revision", "place"], name="letter_promise_place"
            ),
            models.UniqueConstraint(
                fields=["alliance", "letter", "revision", "code", "per"], name="letter_promise_once"
            ),
            models.CheckConstraint(condition=Q(target__gt=0), name="letter_promise_target"),
            models.CheckConstraint(
                condition=Q(low__gt=0, share__gte=F("low"), share__lte=F("high")), name="letter_promise_band"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}/{self.place} {self.code}"

    def promise(self) -> Promise:
        """The line as the engine's frozen value."""
        return Promise(self.code, self.of, self.share, self.side, self.per, self.target)  # type: ignore[arg-type]
