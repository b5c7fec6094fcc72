"""What the page of a version shows: its state, what the check found and where, what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.approvals.models import Approval
from alliance.lib.sheets.limits import SheetRefused
from alliance.lib.sheets.out import Cell
from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.refused import worded
from grouping.disputes.show import settled_by_digest
from grouping.engine.problems import REASONS
from grouping.engine.remedies import REMEDIES
from grouping.engine.rows import Scheme as Package
from grouping.models import Scheme, SchemeFinding, SchemeVersion
from grouping.services import carrying, release, versions
from grouping.show.scheme import figures
from grouping.versions import forms, impact
from grouping.versions.kinds import KINDS

State = SchemeVersion.State


@dataclass(frozen=True)
class Heap:
    """Findings of one kind in one file."""

    file: str
    grave: bool
    reason: str
    number: int
    first: int | None
    url: str
    here: bool


def reason(finding: SchemeFinding) -> str:
    """What is wrong, in the language of the page."""
    return _filled(REASONS.get(finding.kind, finding.kind), finding.params)


def remedy(finding: SchemeFinding) -> str:
    """What to do about it, in the language of the page."""
    return _filled(REMEDIES.get(finding.kind, ""), finding.params)


def _filled(template: str, params: dict[str, Any]) -> str:
    return _(template) % _Told(params) if template else ""


class _Told(dict[str, Any]):
    """The values of a finding; one kept before its sentence was worded anew may lack some."""

    def __missing__(self, key: str) -> str:
        return words.DASH


def heaps(version: SchemeVersion, kind: str, file: str) -> list[Heap]:
    """The findings by file and kind, the gravest and most frequent first."""
    found = (
        version.findings.order_by()
        .values("file", "kind", "grave")
        .annotate(number=Count("pk"), first=Min("line"))
        .order_by("-grave", "-number", "file", "kind")
    )
    return [_heap(row, kind, file) for row in found]


def _heap(row: dict[str, Any], kind: str, file: str) -> Heap:
    url = "?" + urlencode({"file": row["file"], "kind": row["kind"]}) + "#list"
    return Heap(
        row["file"], row["grave"], kind_word(row["kind"]), row["number"], row["first"], url,
        here=(row["kind"], row["file"]) == (kind, file),
    )  # fmt: skip


def kind_word(kind: str) -> str:
    """A kind of finding in a few words, without the values of one row."""
    return str(KINDS.get(kind, kind))


def title(version: SchemeVersion) -> str:
    """The sentence on top of the page."""
    if version.state == State.RECEIVED:
        return _("The package is being checked")
    if version.state == State.REFUSED:
        if version.refusal:
            return _("The upload cannot be read")
        text = ngettext(
            "%(n)s error has to be corrected", "%(n)s errors have to be corrected", version.errors
        )
        return text % {"n": words.num(version.errors)}
    return str(version)


def refusal(version: SchemeVersion) -> str:
    """Why the upload as a whole cannot be read."""
    if not version.refusal or version.refusal["reason"] not in SheetRefused.reasons:
        return ""
    refused = SheetRefused(version.refusal["reason"], **version.refusal["params"])
    return worded(refused)


def head(version: SchemeVersion, package: Package | None) -> list[parts.Fact]:
    """Where the version comes from."""
    said = package.head if package is not None else None
    base = version.base
    facts = [
        parts.Fact(_("code"), version.code or words.DASH),
        parts.Fact(_("version"), version.version or words.DASH),
        parts.Fact(_("region"), said.region if said else words.DASH),
        parts.Fact(_("source"), said.source if said else words.DASH),
        parts.Fact(_("weights"), said.weight_source if said else words.DASH),
        parts.Fact(_("delivered as"), str(version.get_form_display())),
        parts.Fact(_("file"), version.upload.shown_name if version.upload else words.DASH),
        parts.Fact(
            _("made"), f"{words.moment(version.made_at)} {version.made_by.user if version.made_by else ''}"
        ),
        parts.Fact(_("digest"), version.digest[:16] or words.DASH),
    ]
    if base is not None:
        compared = reverse("scheme-compare", args=[base.pk, version.pk])
        facts.insert(2, parts.Fact(_("changes against"), str(base), compared))
    return facts


def holds(version: SchemeVersion) -> list[parts.Fact]:
    """From which days it holds or held, and until when."""
    rows = list(Scheme.objects.order_by("from_date"))
    ends = [row.from_date for row in rows[1:]] + [None]
    return [
        parts.Fact(
            _("from %(day)s") % {"day": row.from_date},
            _("until before %(day)s") % {"day": end} if end else _("until further notice"),
            reverse("scheme", args=[row.pk]),
        )
        for row, end in zip(rows, ends, strict=True)
        if row.digest == version.digest
    ]


def actions(version: SchemeVersion, membership: Membership, open_: Approval | None) -> list[parts.Action]:
    """What the member may do now."""

    def url(name: str, *more: Any) -> str:
        return reverse(name, args=[version.pk, *more])

    found = []
    sound = version.state in (State.DRAFT, State.RELEASED)
    if sound:
        found.append(parts.Action(_("Compare"), url("scheme-compare-pick"), "columns", get=True))
        if membership.can("scheme.edit"):
            found.append(parts.Action(_("Dry run"), url("scheme-dry-run"), "eye", get=True))
        found.append(parts.Action(_("Zip"), url("scheme-export", "zip"), "download", get=True))
        found.append(parts.Action(_("Workbook"), url("scheme-export", "xlsx"), "download", get=True))
    if sound and membership.can("scheme.edit"):
        if version.state == State.DRAFT and open_ is None:
            found.append(parts.Action(_("Weights and notes"), url("scheme-weights"), "scale", get=True))
        if carrying.local_before(version) is not None:
            found.append(parts.Action(_("Local overrides"), url("scheme-carry"), "columns", get=True))
        named = forms.CopyForm(initial={"version": f"{version.version}-1"[:20]}, prefix="copy")
        found.append(parts.Action(_("Copy as a draft"), url("scheme-copy"), "plus", form=named))
    unreleased = version.state in (State.RECEIVED, State.REFUSED, State.DRAFT)
    if unreleased and open_ is None and membership.can("scheme.import"):
        found.append(parts.Action(_("Discard"), url("scheme-discard"), "ban"))
    if sound and open_ is None and membership.can("scheme.release"):
        form = forms.HoldForm(prefix="hold")
        form.fields["from_date"].help_text = impact.beforehand()
        found.append(
            parts.Action(_("Propose to put in force"), url("scheme-propose"), "send", "primary", form=form)
        )
    return found


def _package(version: SchemeVersion) -> tuple[Package | None, str]:
    """The package, or why its files cannot be read any more."""
    try:
        return versions.package_of(version), ""
    except versions.ContentGone:
        return None, _(
            "This version shipped with an older product and its files were not kept. "
            "Let the version that ships now, or your city's package, hold instead."
        )


def page(version: SchemeVersion, membership: Membership) -> dict[str, Any]:
    """All variables of the page but the list of findings."""
    sound = version.state in (State.DRAFT, State.RELEASED)
    package, gone = _package(version) if sound else (None, "")
    open_ = release.waiting(version)
    running = version.state == State.RECEIVED
    return {
        "title": title(version), "version": version, "head": head(version, package), "package": package,
        "figures": figures(package) if package is not None else [],
        "holds": holds(version) if version.state == State.RELEASED else [],
        "refusal": gone or refusal(version),
        "actions": actions(version, membership, open_), "waiting_approval": open_, "running": running,
        "look_again": 3 if running else 0, "poll": reverse("scheme-version-progress", args=[version.pk]),
        "done_url": reverse("scheme-version", args=[version.pk]),
        "settled": settled_by_digest(version.digest) if version.state == State.RELEASED else [],
    }  # fmt: skip


def sheet(version: SchemeVersion) -> Iterator[list[Cell]]:
    """The findings as rows of a file; words of the page are looked up at once."""
    top: list[Cell] = [_("weight of the finding"), _("file"), _("line"), _("column"), _("what stands there"),
                       _("what about it"), _("what to do")]  # fmt: skip
    grave, light = _("error"), _("warning")
    templates = {kind: (_(REASONS[kind]), _(REMEDIES[kind])) for kind in REMEDIES}
    return _rows(version, top, grave, light, templates)


def _rows(
    version: SchemeVersion, top: list[Cell], grave: str, light: str, templates: dict[str, tuple[str, str]]
) -> Iterator[list[Cell]]:
    yield top
    for row in version.findings.iterator(chunk_size=2_000):
        said, done = templates.get(row.kind, (row.kind, ""))
        yield [
            grave if row.grave else light, row.file, row.line, row.column, row.text,
            said % _Told(row.params), done % _Told(row.params),
        ]  # fmt: skip
