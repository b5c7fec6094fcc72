"""PostgreSQL backend that names the alliance to row security at each outermost BEGIN (walls.md section 1)."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from alliance.tenancy import scope

SET = "select set_config('app.alliance', %s, true), set_config('app.user', %s, true)"


class DatabaseWrapper(base.DatabaseWrapper):
    """Sets `app.alliance` and `app.user` for one transaction, never for a session."""

    opening = False

    def connect(self) -> None:
        """A new connection asks its server's version before any transaction; nothing of an alliance is
        read.
        """
        self.opening = True
        try:
            super().connect()
        finally:
            self.opening = False

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        super().set_autocommit(autocommit, *args, **kwargs)
        if not autocommit and scope.is_open():
            self.tell_settings(scope.open_settings())

    def tell_settings(self, values: dict[str, str]) -> None:
        """Set both values until the end of the running transaction."""
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(SET, (values["app.alliance"], values["app.user"]))

    def _cursor(self, name: str | None = None) -> Any:
        self._refuse_outside()
        return super()._cursor(name)  # type: ignore[misc]

    def chunked_cursor(self) -> Any:
        self._refuse_outside()
        return super().chunked_cursor()

    def _refuse_outside(self) -> None:
        # Without a transaction the setting is gone and `count()` would silently answer 0.
        if scope.is_open() and self.autocommit and not self.in_atomic_block and not self.opening:
            raise scope.OutsideTransaction("open transaction.atomic() before touching an alliance's rows")
