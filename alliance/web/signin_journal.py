"""Every sign-in, failure, lock-out and sign-out goes to the platform's journal (walls.md section 5)."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from alliance.models import User
from alliance.services import journal


@receiver(user_logged_in)
def signed_in(request: Any, user: User, **kwargs: Any) -> None:
    journal.platform(user=user, verb="sign_in.done", request=request)


@receiver(user_logged_out)
def signed_out(request: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        journal.platform(user=user, verb="sign_out", request=request)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    journal.platform(
        user=_known(credentials.get("username")), verb="sign_in.failed", result="denied", request=request
    )


@receiver(user_locked_out)
def locked(request: Any, username: str | None = None, **kwargs: Any) -> None:
    journal.platform(user=_known(username), verb="sign_in.locked", result="denied", request=request)


def _known(username: str | None) -> User | None:
    """The account, if any. What else was typed is not kept: people type passwords into the wrong field."""
    return User.objects.filter(username=username or "").first()
