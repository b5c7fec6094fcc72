"""A scheme on its way: a draft is edited, tried on past months, voted on and published (S1-36, S2-47)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.engine.evaluators import Evaluators
from performance.engine.restore import restore
from performance.engine.scheme import Scheme
from performance.models.levels import Level


class SchemeDraft(AllianceRow):
    """One draft. `content` is the engine's scheme, faulty ones too: nothing that was typed is lost.

    It is put to the vote only after a trial of exactly this content, and published by the vote alone.
    """

    class State(models.TextChoices):
        EDITED = "edited", _("draft")
        PROPOSED = "proposed", _("put to the vote")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("given up")

    base = models.ForeignKey(
        "performance.SchemeVersion",
        verbose_name=_("copied from"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.INSTITUTION)
    name = models.CharField(_("name"), max_length=120)
    label = models.CharField(_("version"), max_length=20)
    from_date = models.DateField(_("in force from"))
    content = models.JSONField(_("content"), editable=False)
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    # Weights of who judges what is opinion, by kind (performance.engine.evaluators); none: nobody is asked.
    evaluators = models.JSONField(_("evaluators"), null=True, editable=False)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.EDITED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("begun"), editable=False)
    changed_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed"), editable=False)
    approval = models.ForeignKey("approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+")
    published = models.ForeignKey(
        "performance.SchemeVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("draft of a scheme"), _("drafts of schemes")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(from_date__day=1), name="scheme_draft_first_day"),
            models.CheckConstraint(
                condition=Q(state="published", published__isnull=False)
                | (~Q(state="published") & Q(published=None)),
                name="scheme_draft_published",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "published"]) | Q(approval__isnull=False),
                name="scheme_draft_voted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label}"

    def scheme(self) -> Scheme:
        """The content as the engine's frozen value."""
        return restore(Scheme, self.content)

    def judges(self) -> Evaluators | None:
        """Who judges, as the engine's frozen value."""
        return restore(Evaluators, self.evaluators) if self.evaluators else None

    @transition(state, State.EDITED, State.PROPOSED)
    def propose(self) -> None:
        """The office puts it to the vote."""

    @transition(state, State.PROPOSED, State.EDITED)
    def give_back(self) -> None:
        """Declined or withdrawn: it may be edited again."""

    @transition(state, State.PROPOSED, State.PUBLISHED)
    def publish(self) -> None:
        """The body has agreed: it holds from its day on."""

    @transition(state, State.EDITED, State.DISCARDED)
    def discard(self) -> None:
        """Nobody wants it any more; it stays readable."""


class SchemeTrial(AllianceRow):
    """What a draft would have done to past months: kept for the council, never a result.

    `digest` names the content that was tried; `months` the settlements it was tried on.
    """

    append_only = True

    draft = models.ForeignKey(SchemeDraft, on_delete=models.PROTECT, related_name="trials")
    digest = models.CharField(_("digest"), max_length=64)
    months = ArrayField(models.DateField(), verbose_name=_("months"))
    report = models.JSONField(_("report"))
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("time"), editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("trial of a scheme"), _("trials of schemes")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "draft", "digest", "made_at"], name="scheme_trial_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.digest[:8]}"


class SchemeException(AllianceRow):
    """A signed exception: the body decides although the trial covered less than is asked for.

    Signed by one person, confirmed by another; it counts once it is confirmed.
    """

    append_only = True
    fill_once = ("confirmed_by_id", "confirmed_at")

    trial = models.ForeignKey(SchemeTrial, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    signed_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("signed by"), on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "alliance.Membership",
        verbose_name=_("confirmed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("exception of a trial"), _("exceptions of trials")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "trial"], name="scheme_exception_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="scheme_exception_reason"),
            models.CheckConstraint(
                condition=~Q(signed_by=F("confirmed_by")), name="scheme_exception_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="scheme_exception_confirmed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
