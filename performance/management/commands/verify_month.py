"""python manage.py verify_month FILE: recompute an exported month without a database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from performance.bundle import BundleRefused, verify


class Command(BaseCommand):
    """Reads the file of a month, settles its frozen inputs again, compares digests and every number."""

    help = "Recompute an exported month from its frozen inputs. Uses no database."
    needs_database = False
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the exported month (JSON)")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            found = verify(file.read_bytes())
        except (OSError, BundleRefused) as error:
            raise CommandError(str(error)) from error
        if found.differences:
            lines = "\n".join(found.differences)
            raise CommandError(f"{found.month} run {found.run} does not follow from its inputs:\n{lines}")
        self.stdout.write(
            f"{found.month} run {found.run}: equal. "
            f"inputs {found.inputs_digest}, result {found.result_digest}"
        )
