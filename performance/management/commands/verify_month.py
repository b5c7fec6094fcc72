"""python manage.py verify_month BUNDLE.zip: recompute an exported month without a database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused
from alliance.web.refused import worded
from performance.bundle import BundleRefused, Told, Verified, verify
from performance.models import MonthRun

IDENTICAL = "identical"  # the first word of a good answer, in any language


class Command(BaseCommand):
    """Checks every byte of a bundle, settles its month again, divides its pools again, sums its books."""

    help = "核验月度证据包，不用数据库。Recompute the evidence bundle of a month. Uses no database."
    needs_database = False
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="证据包 the evidence bundle of a month (ZIP)")
        parser.add_argument(
            "--digest",
            default="",
            help="月度页面上的摘要 the digest the month's page shows; must be the same",
        )
        parser.add_argument(
            "--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE,
            help="语言 language of the answer",
        )  # fmt: skip

    def handle(self, *args: Any, file: Path, digest: str, language: str, **options: Any) -> None:
        with translation.override(language):
            self.answer(file, digest)

    def answer(self, file: Path, digest: str) -> None:
        """Print what was found. Raises CommandError for another bundle, no bundle, or a difference."""
        try:
            found = verify(file)
        except BundleRefused as error:
            raise CommandError(said(error)) from error
        if digest and digest != found.digest:
            text = _(
                "another bundle: its digest is %(found)s, asked for was %(asked)s. The month's page lists "
                "the digests of all bundles handed out"
            )
            raise CommandError(text % {"found": found.digest, "asked": digest})
        head = headed(found)
        if found.differences:
            first = _("%(month)s run %(run)s (%(state)s) differs, first difference:") % head
            raise CommandError("\n".join([first, *map(said, found.differences)]))
        good = _(
            "as recomputed: %(month)s run %(run)s (%(state)s), %(lines)s lines of persons, bundle %(digest)s"
        )
        self.stdout.write(f"{IDENTICAL} {good % head}")
        self.stdout.write(_("inputs %(inputs)s, result %(result)s") % head)
        for name in found.unproved:
            text = _("%(name)s: adds up to the fen; people of its roster are registered otherwise since")
            self.stdout.write(text % {"name": name})
        handed_out = _(
            "whether it is the file the house handed out: give --digest with what the month's page shows"
        )
        for what in map(said, found.unchecked) if digest else (handed_out, *map(said, found.unchecked)):
            self.stdout.write(_("not checked: %(what)s") % {"what": what})


def headed(found: Verified) -> dict[str, Any]:
    """What an answer names."""
    state = dict(MonthRun.State.choices).get(found.state, found.state)
    return {
        "month": found.month, "run": found.run, "state": state, "lines": found.lines, "digest": found.digest,
        "inputs": found.inputs_digest, "result": found.result_digest,
    }  # fmt: skip


def said(told: object) -> str:
    """A sentence of the verification, or a refusal in it, in the language in force."""
    return worded(told) if isinstance(told, Told | Refused) else str(told)
