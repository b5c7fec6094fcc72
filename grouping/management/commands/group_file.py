"""python manage.py group_file --scheme DIR --out OUT.csv IN.csv: group a case file without a database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grouping.engine.problems import CaseFileError, SchemeError
from grouping.engine.quickfile import group_file
from grouping.engine.scheme import read_scheme


class Command(BaseCommand):
    """Reads a scheme package and a case file, writes case_no, mdc, adrg, drg and status of every case."""

    help = "Group a CSV of cases under a DRG scheme package. Uses no database."
    needs_database = False
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scheme", required=True, type=Path, help="scheme package: a folder or a zip of it"
        )
        parser.add_argument(
            "--out", required=True, type=Path, help="CSV to write: case_no,mdc,adrg,drg,status"
        )
        parser.add_argument(
            "--processes", type=int, default=1, choices=range(1, 65), metavar="N",
            help="group parts of the file side by side; the result is the same",
        )  # fmt: skip
        parser.add_argument("cases", type=Path, help="CSV of cases; UTF-8 or GB18030")

    def handle(
        self, *args: Any, scheme: Path, out: Path, cases: Path, processes: int, **options: Any
    ) -> None:
        if out.resolve() == cases.resolve():
            raise CommandError("--out is the case file itself; give the result another name")
        try:
            package = read_scheme(scheme)
            counts = group_file(package, cases, out, processes)
        except SchemeError as error:
            raise CommandError(f"{scheme} is not a sound scheme package:\n{error}") from error
        except CaseFileError as error:
            raise CommandError(f"{cases} cannot be grouped; nothing was written:\n{error}") from error
        except OSError as error:
            raise CommandError(str(error)) from error
        shown = ", ".join(f"{status} {counts[status]}" for status in sorted(counts))
        self.stdout.write(f"{counts.total()} cases under {package.head.code} {package.digest[:12]}: {shown}")
