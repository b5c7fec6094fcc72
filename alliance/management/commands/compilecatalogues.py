"""Merge locale/<language>/parts/*.po into LC_MESSAGES/django.mo; Django loads it beside its own catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance.lib import po


def compile_all(root: Path) -> dict[str, po.Merged]:
    """Compile every language that has parts; return what was merged, by language."""
    merged = {
        folder.parent.name: po.merge(folder.glob("*.po"), folder.parent.name)
        for folder in root.glob("*/parts")
    }
    for language, one in merged.items():
        po.store(one.catalogue, root / language / "LC_MESSAGES" / "django.mo")
    return merged


class Command(BaseCommand):
    help = "Merge and compile the translations of all rooms."
    needs_database = False
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            merged = compile_all(Path(settings.LOCALE_PATHS[0]))
        except po.CatalogueRefused as refused:
            raise CommandError(str(refused)) from None
        for language, one in sorted(merged.items()):
            self.stdout.write(f"{language}: {len(one.catalogue)} messages")
            for fault in one.faults:
                self.stderr.write(f"  {fault}")
