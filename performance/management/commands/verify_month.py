"""python manage.py verify_month BUNDLE.zip: recompute an exported month without a database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from performance.bundle import BundleRefused, verify

HANDED_OUT = "whether it is the file the house handed out: give --digest with what the month's page shows"


class Command(BaseCommand):
    """Checks every byte of a bundle, settles its month again, divides its pools again, sums its books."""

    help = "Recompute the evidence bundle of a month. Uses no database."
    needs_database = False
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the evidence bundle of a month (ZIP)")
        parser.add_argument(
            "--digest", default="", help="the digest the month's page shows; must be the same"
        )

    def handle(self, *args: Any, file: Path, digest: str, **options: Any) -> None:
        try:
            found = verify(file)
        except BundleRefused as error:
            raise CommandError(str(error)) from error
        if digest and digest != found.digest:
            raise CommandError(f"another bundle: its digest is {found.digest}, asked for was {digest}")
        head = f"{found.month} run {found.run} ({found.state})"
        if found.differences:
            lines = "\n".join(found.differences)
            raise CommandError(f"{head} differs, first difference:\n{lines}")
        for name in found.unproved:
            self.stdout.write(
                f"{name}: adds up to the fen; people of its roster are registered otherwise since"
            )
        for what in found.unchecked if digest else (HANDED_OUT, *found.unchecked):
            self.stdout.write(f"not checked: {what}")
        self.stdout.write(f"{head}: identical. {found.lines} lines of persons, bundle {found.digest}")
        self.stdout.write(f"inputs {found.inputs_digest}, result {found.result_digest}")
