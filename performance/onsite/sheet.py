"""A visit as it stands: what was drawn, answered, photographed, signed, and the score that follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from performance.engine import checklist as tables
from performance.engine import checkscore
from performance.engine.checklist import Answer, Checklist
from performance.engine.checkscore import ItemScore, Whole
from performance.models import OnsiteAnswer, OnsiteInspector, OnsitePhoto, OnsiteSignature, OnsiteVisit


@dataclass(frozen=True)
class Sheet:
    """One visit with everything that came in; `rows` are all answers by key, also replaced ones.

    `photos` are those that are shown, `withdrawn` those that were taken back, with their reasons.
    """

    visit: OnsiteVisit
    drawn: Mapping[str, Sequence[str]]
    rows: Mapping[str, OnsiteAnswer]
    photos: Mapping[str, Sequence[OnsitePhoto]]
    withdrawn: Mapping[str, Sequence[OnsitePhoto]]
    signatures: Sequence[OnsiteSignature]
    inspectors: Sequence[OnsiteInspector]

    @property
    def checklist(self) -> Checklist:
        """The engine's table of the visit's version."""
        return self.visit.checklist.checklist

    @cached_property
    def standing(self) -> Mapping[str, tuple[Answer, ...]]:
        """The answers that stand, by item."""
        return tables.heads(row.answer for row in self.rows.values())

    def answer(self, item: str) -> Answer | None:
        """What is agreed of an item; None while nobody answered or two disagree."""
        return tables.agreed(self.standing.get(item, ()))

    @cached_property
    def waits(self) -> tuple[str, ...]:
        """Items nobody answered."""
        return tuple(code for code in self.checklist.items if code not in self.standing)

    @cached_property
    def conflicts(self) -> tuple[str, ...]:
        """Items answered differently by two who did not know of each other."""
        return tuple(
            code for code in self.checklist.items if code in self.standing and self.answer(code) is None
        )

    def sample(self, item: str) -> Sequence[str]:
        """What was drawn for an item."""
        return self.drawn.get(self.checklist.items[item].sample, ())

    @cached_property
    def scores(self) -> Mapping[str, ItemScore]:
        """The points of each item as answered now."""
        found = {}
        for code, item in self.checklist.items.items():
            agreed = self.answer(code)
            found[code] = checkscore.score_item(item, agreed and agreed.content, len(self.sample(code)))
        return found

    @cached_property
    def whole(self) -> Whole:
        """The score as answered now."""
        return checkscore.score(self.checklist, self.scores.values())

    def unsigned(self) -> tuple[str, ...]:
        """Items whose standing answer not both sides had before the eyes when they signed."""
        seen: dict[str, set[str]] = defaultdict(set)
        for row in self.signatures:
            seen[row.side].update(str(uid) for uid in row.answers)
        both = seen[OnsiteSignature.Side.INSPECTOR] & seen[OnsiteSignature.Side.INSPECTED]
        return tuple(
            code for code, standing in self.standing.items() if not any(one.uid in both for one in standing)
        )

    def owner(self, section: str) -> OnsiteInspector | None:
        """Whose section it is: who was given it, else the lead."""
        given = next((one for one in self.inspectors if section in one.sections), None)
        return given or next((one for one in self.inspectors if one.is_lead), None)


def sheet_of(visit: OnsiteVisit) -> Sheet:
    """Everything of a visit; five queries whatever came in."""
    photos: dict[str, list[OnsitePhoto]] = defaultdict(list)
    withdrawn: dict[str, list[OnsitePhoto]] = defaultdict(list)
    for photo in OnsitePhoto.objects.filter(visit=visit).select_related(
        "file", "by__user", "withdrawn_by__user"
    ):
        (withdrawn if photo.withdrawn_at else photos)[photo.item].append(photo)
    answers = OnsiteAnswer.objects.filter(visit=visit).select_related("by__user")
    return Sheet(
        visit,
        {row.kind: row.drawn for row in visit.samples.all()},  # type: ignore[attr-defined]
        {str(row.uid): row for row in answers},
        photos,
        withdrawn,
        list(OnsiteSignature.objects.filter(visit=visit).select_related("by__user", "file")),
        list(OnsiteInspector.objects.filter(visit=visit).select_related("member__user", "place")),
    )
