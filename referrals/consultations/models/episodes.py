"""One illness through several houses: consultation, referral, rehabilitation (S2-29)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from referrals.consultations.models.words import link, optional


class EpisodeQuerySet(AllianceQuerySet):
    """Which episodes."""

    def visible_to(self, membership: Membership) -> EpisodeQuerySet:
        """Of houses that opened it, took part in a linked step or rehabilitate; all for the alliance."""
        here = membership.institution_id
        if here is None:
            return self
        links = EpisodeLink.objects.filter(episode=OuterRef("pk"))
        sides = (
            Q(consultation__origin_institution=here)
            | Q(consultation__target_institution=here)
            | Q(referral__origin_institution=here)
            | Q(referral__target_institution=here)
        )
        rehabilitating = Rehabilitation.objects.filter(episode=OuterRef("pk"), institution=here)
        return self.filter(Q(institution=here) | Exists(links.filter(sides)) | Exists(rehabilitating))


class Episode(AllianceRow):
    """One illness of one patient across institutions: consultation, referral, rehabilitation (S2-29)."""

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        CLOSED = "closed", _("line completed")

    person = link("alliance.Person", _("patient"))
    institution = link("alliance.Institution", _("opened at"))
    title = models.CharField(_("illness"), max_length=100)
    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    opened_by = link("alliance.Membership", _("opened by"))
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    closing = models.CharField(_("how it ended"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(EpisodeQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("episode"), _("episodes")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closing="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(closing="")),
                name="episode_closed",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "person", "state"], name="episode_of_person")]

    @transition(state, State.OPEN, State.CLOSED, custom={})
    def close(self) -> None:
        """The line has come to its end."""


class EpisodeLink(AllianceRow):
    """A consultation or a referral of the episode's patient that belongs to it; never taken out."""

    append_only = True

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="links")
    consultation = optional("consultations.Consultation", _("consultation"))
    referral = optional("referrals.Referral", _("referral"))
    added_by = link("alliance.Membership", _("linked by"))
    added_at = models.DateTimeField(_("linked at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("link of an episode"), _("links of episodes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultation__isnull=False, referral__isnull=True)
                | Q(consultation__isnull=True, referral__isnull=False),
                name="episode_link_one",
            ),
            models.UniqueConstraint(fields=["alliance", "consultation"], name="episode_of_consultation"),
            models.UniqueConstraint(fields=["alliance", "referral"], name="episode_of_referral"),
        ]


class Rehabilitation(AllianceRow):
    """The last stage of an episode, at one institution: begun with a plan, ended with a result."""

    append_only = True
    fill_once = ("ended_at", "ended_by_id", "result")

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="rehabilitations")
    institution = link("alliance.Institution", _("rehabilitation at"))
    plan = models.CharField(_("plan of rehabilitation"), max_length=300)
    begun_at = models.DateTimeField(_("begun at"))
    begun_by = link("alliance.Membership", _("begun by"))
    ended_at = models.DateTimeField(_("rehabilitation ended at"), null=True)
    ended_by = optional("alliance.Membership", _("ended by"))
    result = models.CharField(_("result of rehabilitation"), max_length=300, null=True)  # noqa: DJ001

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("rehabilitation"), _("rehabilitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "episode"], name="rehabilitation_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, result__isnull=True)
                | (Q(ended_at__isnull=False, result__isnull=False) & ~Q(result="")),
                name="rehabilitation_ended",
            ),
        ]
