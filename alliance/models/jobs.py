"""Long work: the row is the truth, the broker only rings the bell (walls.md section 3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models.base import AllianceRow


class Job(AllianceRow):
    """One piece of long work: its state, attempt, lease and progress."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        DEAD = "dead", _("given up")

    kind = models.CharField(_("kind"), max_length=40)
    dedupe = models.CharField(_("dedupe key"), max_length=120)
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    # Attempts in a row that finished no chunk; three of them and the job is dead.
    stuck = models.PositiveSmallIntegerField(default=0)
    # Every claim raises the fence; a worker with an older one can write nothing.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    inputs_digest = models.CharField(max_length=64, blank=True)
    chunks_done = models.PositiveIntegerField(default=0)
    chunks_total = models.PositiveIntegerField(null=True)
    progress_text = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("job"), _("jobs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "kind", "dedupe"],
                condition=Q(state__in=["queued", "running"]),
                name="job_once",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "state", "rung_at"], name="job_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe}"

    @property
    def percent(self) -> int | None:
        """Whole percent of the chunks done; None while the total is unknown."""
        return None if not self.chunks_total else min(100, self.chunks_done * 100 // self.chunks_total)


class JobChunk(AllianceRow):
    """One finished transaction of a job: that it exists is the proof that its effects do."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    result = models.JSONField(default=dict)
    finished_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "job", "number"], name="chunk_once")]
