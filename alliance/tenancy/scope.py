"""Which alliance, and which user, this piece of work is for: one ContextVar each, read by every query.

`act_in(alliance)` opens the application wall (django-scopes refuses queries without it) and names the
alliance to the database wall (row security). Source: walls.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django_scopes import scope
from psycopg.pq import TransactionStatus

_alliance: ContextVar[int | None] = ContextVar("alliance", default=None)
_user: ContextVar[int | None] = ContextVar("user", default=None)


class NoAlliance(RuntimeError):
    """Work on an alliance's rows was tried outside `act_in`."""


class OutsideTransaction(RuntimeError):
    """SQL ran with an alliance open but no transaction: row security would answer with nothing."""


def current_alliance_id() -> int:
    """Return the id of the alliance in scope; raise `NoAlliance` when there is none."""
    found = _alliance.get()
    if found is None:
        raise NoAlliance("open act_in(alliance) before touching an alliance's rows")
    return found


def open_settings() -> dict[str, str]:
    """Values of the database settings for what is open now; '' where nothing is."""
    return {
        "app.alliance": str(_alliance.get() or ""),
        "app.user": str(_user.get() or ""),
    }


def is_open() -> bool:
    """True when an alliance or a user is named, so that row security decides what a query sees."""
    return _alliance.get() is not None or _user.get() is not None


@contextmanager
def act_in(alliance: object) -> Iterator[None]:
    """Work for one alliance (an `Alliance` or its id): queries see only its rows, writes bear its id.

    Nests, inside and outside a transaction; on leaving, the previous alliance is in force again.
    """
    alliance_id = int(getattr(alliance, "pk", alliance))  # type: ignore[call-overload]
    token = _alliance.set(alliance_id)
    try:
        with scope(alliance=alliance_id):
            _tell_database()
            yield
    finally:
        _alliance.reset(token)
        _tell_database()


@contextmanager
def act_as(user: object) -> Iterator[None]:
    """Before the alliance is known: let a user see the memberships that are their own."""
    token = _user.set(int(getattr(user, "pk", user)))  # type: ignore[call-overload]
    try:
        _tell_database()
        yield
    finally:
        _user.reset(token)
        _tell_database()


def _tell_database() -> None:
    """Inside a running transaction, set what is open; a failed one is left alone so its error stays
    visible.
    """
    if connection.connection is None or not connection.in_atomic_block:
        return  # the next BEGIN tells it (tenancy.backend)
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        return
    connection.tell_settings(open_settings())  # type: ignore[attr-defined]
