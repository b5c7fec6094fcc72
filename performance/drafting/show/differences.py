"""What differs between two versions, in words; what may be laid beside what."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from alliance.models import Membership
from performance.drafting import words
from performance.engine import compare
from performance.engine.exact import plain
from performance.engine.scheme import Scheme
from performance.models import EvaluatorKind, SchemeDraft, SchemeVersion
from performance.services import judging, schemes

State = SchemeDraft.State


@dataclass(frozen=True)
class ChangeRow:
    """One difference between two versions in words."""

    where: str
    about: str
    what: str
    before: str
    after: str


def change_rows(old: Scheme, new: Scheme) -> list[ChangeRow]:
    """All differences, in words, in the order of the newer scheme."""
    known = schemes.known_indicators()
    names, older = words.Names(new, known), words.Names(old, known)
    rows = []
    for one in compare.changes(old, new):
        where = names.columns.get(one.column) or older.column(one.column)
        about = names.about.get(one.about) or older.of(one.about)
        rows.append(
            ChangeRow(
                where, about if one.about != one.column else "", words.change(one),
                words.value(one.before, one, names), words.value(one.after, one, names),
            )
        )  # fmt: skip
    return rows


def judge_rows(old: SchemeVersion | SchemeDraft, new: SchemeVersion | SchemeDraft) -> list[ChangeRow]:
    """Evaluators that weigh otherwise, in words."""
    where = _("Evaluators")
    return [
        ChangeRow(where, str(EvaluatorKind(kind).label), _("weight"), _weight(before), _weight(after))
        for kind, before, after in judging.differ(old, new)
    ]


def _weight(found: Decimal | None) -> str:
    return "—" if found is None else plain(found)


def versions_to_compare(membership: Membership, *, besides: str) -> list[tuple[str, str]]:
    """What a version can be laid beside, as (address, name): published ones, drafts for who may see them."""
    rows = [(f"version-{row.pk}", str(row)) for row in SchemeVersion.objects.all()]
    if may_see_drafts(membership):
        drafts = SchemeDraft.objects.filter(state__in=[State.EDITED, State.PROPOSED])
        rows += [(f"draft-{row.pk}", f"{row} ({row.get_state_display()})") for row in drafts]
    return [one for one in rows if one[0] != besides]


def may_see_drafts(membership: Membership) -> bool:
    """Drafts are shown to those who stand for the whole alliance and have the right."""
    return membership.institution_id is None and membership.can("performance_scheme.view")
