"""`manage.py verify_journals`: check the chains of all journals; the exit code says whether they hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance.models import Alliance
from alliance.services import sealer
from alliance.tenancy.scope import act_in


class Command(BaseCommand):
    """Names the first row of each journal that was changed, removed or never sealed."""

    help = "Check the chains of the alliances' journals and of the platform's."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = {"platform": sealer.verify(sealer.platform_chain())}
        for alliance in Alliance.objects.order_by("code"):
            with act_in(alliance):
                findings[alliance.code] = sealer.verify(sealer.chain_of(alliance))
        for name, finding in findings.items():
            words = (
                f"broken at row {finding.broken.row}: {finding.broken.reason}" if finding.broken else "whole"
            )
            self.stdout.write(f"{name}: {finding.checked} rows checked, {words}")
        if any(finding.broken for finding in findings.values()):
            raise CommandError("a journal does not fit its chain")
