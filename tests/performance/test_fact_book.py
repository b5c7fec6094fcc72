"""Fact book and rooms agree: what it calls automatic is collected, what it does not is declared."""

from performance import collect
from performance.collect.complaints import COMPLAINT
from performance.collect.declared import DECLARED
from performance.collect.duty import DUTY
from performance.collect.insurance import OFFSITE
from performance.collect.opinions import OPINION
from performance.collect.people import POLICY
from performance.collect.surveys import SURVEY
from performance.engine.factbook import shipped_facts

OUTSIDE = (DECLARED, OPINION, SURVEY, COMPLAINT, OFFSITE, POLICY, DUTY)


def test_automatic_facts_are_those_that_rooms_collect() -> None:
    collected = {key for source in collect.SOURCES if source.kind not in OUTSIDE for key in source.keys}
    book = shipped_facts()
    automatic = {key for key, fact in book.items() if fact.origin == "automatic"}
    assert automatic - collected == set()
    assert collected - automatic == set()
    declared, opinions = collect.source_of(DECLARED).keys, collect.source_of(OPINION).keys
    assert declared | opinions == set(book) - automatic and not declared & opinions
    # These stand in for a declaration; what nobody declares they do not give.
    assert collect.source_of(SURVEY).keys <= declared
    assert collect.source_of(COMPLAINT).keys <= declared
    assert collect.source_of(OFFSITE).keys | collect.source_of(POLICY).keys <= declared
    assert collect.source_of(DUTY).keys <= declared
