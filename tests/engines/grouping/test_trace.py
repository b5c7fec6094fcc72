"""The trace of a case: what a coder sees of how the group came about."""

import pytest

from grouping.engine.interpreter import explain
from grouping.engine.scheme import Scheme
from tests.engines.grouping.tiny import case, read


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return read(tmp_path_factory.mktemp("trace"))


def test_a_trace_shows_what_was_tried_and_which_codes_held(tiny: Scheme) -> None:
    trace = explain(tiny, case("I61.000 Z99.900 K92.200 E11.900", "01.1000"))
    assert trace.result.drg == "BB11"
    (only,) = trace.passes
    assert [(step.level, step.code, step.held) for step in only.steps] == [
        ("mdc", "MDCA", True),
        ("adrg", "AA1", False),
        ("mdc", "MDCP", False),
        ("mdc", "MDCZ", False),
        ("mdc", "MDCB", True),
        ("adrg", "BB1", True),
        ("drg", "BB11", True),
    ]
    newborn, last = only.steps[2], only.steps[-1]
    assert newborn.rule == "principal in MDCP and age == 0"
    assert [(c.text, c.held, c.codes, c.value) for c in newborn.conditions] == [
        ("principal in MDCP", False, (), None),
        ("age == 0", False, (), None),
    ]
    assert only.steps[4].conditions[0].codes == ("I61.000",)
    assert only.steps[5].conditions[0].codes == ("01.1000",)
    assert [(c.text, c.held, c.codes) for c in last.conditions] == [("mcc", True, ("K92.200",))]


def test_a_trace_says_of_each_secondary_diagnosis_why_it_counts(tiny: Scheme) -> None:
    trace = explain(tiny, case("I63.900 J96.000 Z99.900 K92.200 J96.000"))
    assert (trace.principal, trace.principal_group) == ("I63.900", "9")
    assert [(s.code, s.level, s.group, s.counts) for s in trace.secondaries] == [
        ("J96.000", "MCC", "9", False),
        ("Z99.900", "", "", False),
        ("K92.200", "CC", "3", True),
        ("K92.200", "MCC", "9", False),
    ]


def test_a_trace_shows_the_values_that_were_compared(tiny: Scheme) -> None:
    newborn = explain(tiny, case("P07.100", age=0, weight=1600)).passes[0].steps
    weight = next(step for step in newborn if step.code == "PS1")
    assert [(c.text, c.held, c.value) for c in weight.conditions] == [
        ("has_weight", True, 1600),
        ("weight < 1500", False, 1600),
    ]
    injured = explain(tiny, case("S06.200 S22.000")).passes[0].steps
    sites = next(step for step in injured if step.code == "MDCZ").conditions[1]
    assert (sites.text, sites.held, sites.value) == ("trauma_sites >= 2", True, 2)
    stroke = explain(tiny, case("I63.900", department="03", discharge=5)).passes[0].steps[-1]
    assert [(c.held, c.value) for c in stroke.conditions] == [(False, "03"), (True, 5)]
