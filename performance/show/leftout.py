"""What a decision left out of the facts a month was computed from, for its formulas and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.models import Institution
from performance import collect
from performance.collect import setaside
from performance.collect.source import Part
from performance.models import Settlement
from performance.services import evidence

Token = Mapping[str, Any]


class LeftOut:
    """How many records each fact lacks; one query where nothing is left out, else one a kind and month."""

    def __init__(self, settlement: Settlement) -> None:
        self.out = setaside.held(settlement.computed_at)
        self.parts: dict[tuple[str, Month], Mapping[tuple[str, str], Part]] = {}
        self.codes: dict[int, frozenset[str]] = {}

    def records(self, institution: Institution, token: Token) -> int:
        """Records left out of a fact of a formula, those of village rooms with it."""
        kind = str(token["evidence_kind"]).partition("+")[0]
        if not setaside.of(kind, self.out):
            return 0
        at = (kind, Month.parse(token["month"]))
        if at not in self.parts:
            source = collect.source_of(kind)
            self.parts[at] = setaside.shares(source, at[1], source.keys, self.out)
        codes = self._codes(institution)
        found = self.parts[at].items()
        return sum(part.records for (code, key), part in found if key == token["name"] and code in codes)

    def note(self, institution: Institution, tokens: Iterable[Token]) -> str:
        """What a formula says of it; "" where nothing is left out."""
        facts = {(one["month"], one["name"]): one for one in tokens if one.get("origin") == "fact"}
        most = max((self.records(institution, one) for one in facts.values()), default=0)
        if not most:
            return ""
        text = ngettext(
            "without %(n)d record that a decision leaves out",
            "without %(n)d records that a decision leaves out", most,
        )  # fmt: skip
        return text % {"n": most}

    def _codes(self, institution: Institution) -> frozenset[str]:
        if institution.pk not in self.codes:
            self.codes[institution.pk] = frozenset(one.code for one in evidence.members_of(institution))
        return self.codes[institution.pk]
