"""A version that shall take force as its deciders read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.web import words
from alliance.web.parts import Fact
from grouping.engine.compare import SECTIONS, Change
from grouping.models import SchemeVersion
from grouping.services import dryrun, release, schemes, versions
from grouping.versions import carried, difference, impact

MOST = 20  # changed weights shown; the comparison holds all


def register() -> None:
    """Make the deed known to approvals; called in the app's `ready()`."""
    registry.register(
        release.KIND, name=gettext_lazy("Put a grouping scheme in force"), digest=_digest, summary=_summary,
        title=lambda said: _("%(scheme)s from %(day)s")
        % {"scheme": f"{said['name']} {said['version']}", "day": said["from_date"]},
    )  # fmt: skip
    registry.on_decided(release.KIND, release.decided)


def _digest(approval: Any) -> str:
    version = SchemeVersion.objects.get(pk=approval.about_id)
    return release.content_digest(version, approval.terms["from_date"])


def _summary(approval: Any) -> registry.Summary:
    version = SchemeVersion.objects.select_related("base", "upload").get(pk=approval.about_id)
    day = date.fromisoformat(approval.terms["from_date"])
    held = schemes.before(day, version.digest)
    before = versions.released(held.digest) if held is not None else None
    found = _changes(before, version)
    facts = [
        Fact(_("scheme"), str(version)),
        Fact(_("code"), version.code),
        Fact(_("in force from"), approval.terms["from_date"]),
        Fact(_("in force until then"), str(held) if held is not None else words.DASH),
        *impact.confirmed(approval),
        Fact(_("warnings"), words.num(version.warnings)),
        Fact(_("digest"), version.digest[:16]),
        Fact(_("after that"), _("discharges from this day on are grouped by it, stored ones again")),
        *_links(before, version, found),
    ]
    weights = [one for one in found if one.section == "weights"]
    context = {
        "carried": carried.kept(version), "facts": facts, "touched": impact.touched(day),
        "counts": counts(found),
        "compared": before is not None, "same": before is not None and before.pk == version.pk,
        "weights": [(one, difference.effect(one)) for one in weights[:MOST]], "more": len(weights) > MOST,
    }  # fmt: skip
    return registry.Summary(
        "grouping/scheme_approval.html", context, reverse("scheme-version", args=[version.pk])
    )


def _changes(before: SchemeVersion | None, version: SchemeVersion) -> Sequence[Change]:
    if before is None or before.pk == version.pk or version.state not in difference.SOUND:
        return ()
    return difference.changes(before.pk, version.pk, before.digest, version.digest)


def _links(before: SchemeVersion | None, version: SchemeVersion, found: Sequence[Change]) -> list[Fact]:
    """The ways to the whole comparison and to the newest finished dry run of this very content."""
    links = []
    if before is not None and before.pk != version.pk and version.state in difference.SOUND:
        url = reverse("scheme-compare", args=[before.pk, version.pk])
        links.append(Fact(_("all changes"), words.num(len(found)), url))
    tried = [run for run in dryrun.trials(version.pk) if run.ended_at and run.digest == version.digest]
    if not tried:
        return [*links, Fact(_("dry run of this content"), _("None yet"))]
    said = f"{words.month(tried[0].first_month)} – {words.month(tried[0].last_month)}"
    return [*links, Fact(_("dry run of this content"), said, reverse("scheme-trial", args=[tried[0].pk]))]


def counts(found: Sequence[Change]) -> list[Fact]:
    """How much changes, section by section, with the kinds of change."""
    lines = []
    for section in SECTIONS:
        kinds = Counter(one.kind for one in found if one.section == section)
        if kinds:
            said = _(", ").join(f"{difference.KIND_WORDS[kind]} {n}" for kind, n in kinds.most_common())
            total = words.num(sum(kinds.values()))
            told = len(kinds) > 1 or section == "groups"
            lines.append(Fact(str(difference.SECTION_WORDS[section]), f"{total} ({said})" if told else total))
    return lines
