"""`manage.py check_walls`: exit 1 and name every table whose wall has a hole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance.tenancy import walls


class Command(BaseCommand):
    help = "Check row security, composite keys, grants and roles against the catalog."

    def handle(self, *args: Any, **options: Any) -> None:
        found = walls.faults()
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"walls stand: {len(list(walls.walls()))} tables")
