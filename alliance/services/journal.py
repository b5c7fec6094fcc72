"""Writing the journal: one row a deed, no patient values (walls.md section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from alliance.models import Journal, Membership, PlatformJournal, Transition, User

BATCH = 1_000


def write(
    *,
    by: Membership | None,
    verb: str,
    about: models.Model | None = None,
    result: str = "done",
    request: Any = None,
    **detail: object,
) -> None:
    """Journal one deed in the current transaction and alliance; `detail` holds no patient values."""
    Journal.objects.create(
        membership=by,
        user=by.user if by else None,
        verb=verb,
        result=result,
        detail=detail,
        **_about(about),
        **_origin(request),
    )


def write_all(
    *, by: Membership, verb: str, said: Sequence[tuple[models.Model, dict[str, object]]]
) -> None:  # fmt: skip
    """Journal one deed about many rows, a line each, in one statement; (row, detail) in their order."""
    Journal.objects.bulk_create(
        [
            Journal(membership=by, user=by.user, verb=verb, result="done", detail=detail, **_about(row))
            for row, detail in said
        ],
        batch_size=BATCH,
    )  # fmt: skip


def read(*, by: Membership | None, about: models.Model, request: Any, **detail: object) -> None:
    """Journal that a patient's data are read; called before the answer leaves, an error refuses the answer
    (N44). `by` is None where the patient reads by a link.
    """
    write(by=by, verb="patient.read", about=about, result="done", request=request, **detail)


def platform(
    *, user: User | None, verb: str, result: str = "done", request: Any = None, **detail: object
) -> None:
    """Journal a sign-in or another event that belongs to no alliance."""
    PlatformJournal.objects.create(user=user, verb=verb, result=result, detail=detail, **_origin(request))


def step(
    *, by: Membership | None, about: models.Model, name: str, before: str, after: str, note: str = ""
) -> None:
    """Keep one step of a state machine with its actor and time."""
    Transition.objects.create(
        by=by,
        about_kind=about._meta.label_lower,
        about_id=about.pk,
        name=name,
        from_state=before,
        to_state=after,
        note=note,
    )


def steps_all(
    *, by: Membership, about: Sequence[models.Model], name: str, before: str, after: str
) -> None:  # fmt: skip
    """Keep the same step of many rows, in one statement."""
    Transition.objects.bulk_create(
        [Transition(by=by, name=name, from_state=before, to_state=after, **_about(row)) for row in about],
        batch_size=BATCH,
    )


def steps_of(about: models.Model) -> models.QuerySet[Transition]:
    """All steps an object went, oldest first."""
    return Transition.objects.filter(about_kind=about._meta.label_lower, about_id=about.pk).select_related(
        "by__user"
    )


def _about(about: models.Model | None) -> dict[str, object]:
    return {} if about is None else {"about_kind": about._meta.label_lower, "about_id": about.pk}


def _origin(request: Any) -> dict[str, object]:
    if request is None:
        return {}
    return {
        "address": request.META.get("REMOTE_ADDR") or None,
        "request_id": getattr(request, "request_id", ""),
    }
