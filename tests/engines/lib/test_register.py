"""The register of parameters holds every key of X1 with the value of its source."""

import re
from datetime import date
from decimal import Decimal

import pytest

from alliance.lib.register import RegisterRefused, load_register, parse_value, read_register, to_json
from alliance.lib.workdays import Rule
from tests.shared import shared

REGISTER = load_register()

# A row of X1 that one entry cannot hold, and the entries that hold it, in the order of its numbers.
SEVERAL = {
    "fd.score.weights": ["fd.score.weights", "fd.score.drg_max"],
    "fd.subsidy.per_head": ["fd.subsidy.per_head", "fd.subsidy.linked"],
    "fd.package low/mid/high": ["fd.package.price"],
    "fd.package saving/overspend": ["fd.package.saving", "fd.package.overspend"],
    "qe.pay_link": ["qe.pay_link", "qe.pay_link.quarters", "qe.pay_link.reward"],
    "qe.surplus_band": ["qe.surplus_band", "qe.surplus_handback"],
    "qe.aud_target": ["qe.aud_target", "qe.aud_target.national"],
    "qe.antibiotic_rate": ["qe.antibiotic_rate"],
    "qe.awards": ["qe.awards", "qe.awards.person"],
    "gb.collab_fund_from_surplus": ["gb.collab_fund_from_surplus", "gb.collab_fund_from_surplus.alternative"],
    "gb.grade": ["gb.grade"],
    "gb.surplus_split": ["gb.surplus_split.A", "gb.surplus_split.B", "gb.surplus_split.C"],
    "cp.recognition_min": ["cp.recognition_min", "cp.recognition_min.targets"],
    "cp.weights": ["cp.weights.tertiary", "cp.weights.secondary", "cp.weights.primary"],
    "drg.groups": ["drg.groups", "drg.mdc"],
}
# Units written beside the values, which are no values themselves.
UNITS = re.compile(r"per 100 patient-days|for (?=2 years)")


def x1_rows():
    text = shared("mission/requirements.md").read_text(encoding="utf-8")
    table = text.split("### X1.")[1].split("### X2.")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    return rows[2:]


def numbers_of_source(default):
    joined = re.sub(r"(?<=\d) (?=\d{3}\b)", "", UNITS.sub("", default))
    return [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", joined)]


def scalars(value):
    if isinstance(value, dict) or hasattr(value, "values"):
        return list(value.values())
    return list(value) if isinstance(value, tuple) else [value]


def numbers_of_entry(key):
    entry = REGISTER[key]
    kinds = list(entry.shape.fields.values()) or [entry.shape.type] * len(scalars(entry.value))
    for kind, value in zip(kinds, scalars(entry.value), strict=True):
        number = Decimal(value.number if isinstance(value, Rule) else value)
        yield abs(number) / 100 if kind == "fen" else abs(number)


def test_every_row_of_x1_is_registered_with_the_numbers_of_its_source():
    rows = x1_rows()
    assert len(rows) == 65
    for name, default, source in rows:
        first = name.split()[0]
        keys = (
            SEVERAL.get(name)
            or SEVERAL.get(first)
            or [key for key in REGISTER if key == first or key.startswith(f"{first}.")]
        )
        got = [number for key in keys for number in numbers_of_entry(key)]
        assert got == numbers_of_source(default), (name, default)
        cited = {cited for key in keys for cited in REGISTER[key].source}
        assert re.findall(r"S\d-\d\d", source)[0] in cited, name


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fd.score.weights", {"process": "30", "outcome": "40", "drg": "30"}),
        ("fd.subsidy.per_head", 2000),
        ("qe.unreasonable_share", {"baseline": "12", "target": "4.5"}),
        ("gb.grade", {"excellent": "5", "fail": "-3"}),
        ("cp.objection", "WD15"),
        ("referral.accept_critical", "M5"),
        ("referral.accept_urgent", "M30"),
        ("referral.accept_ordinary", "WD1"),
        ("referral.reply", "WD3"),
        ("referral.followup", 7),
        ("referral.followup_high_risk", "H72"),
        ("appeal.answer", "WD15"),
        ("publication.days", "WD5"),
        ("completeness.min", "98"),
        ("readmit_days", 30),
        ("min_n_rank", 10),
        ("originals_keep_days", 30),
        ("upload.workbook_bytes", 20971520),
        ("split_admission.levels", [7, 10, 15]),
    ],
)
def test_values_written_as_json(key, value):
    assert to_json(REGISTER[key].value) == value


def test_every_entry_is_complete_and_survives_json():
    assert len(REGISTER) >= 130
    for key, entry in REGISTER.items():
        assert entry.from_day == date(2000, 1, 1) and entry.label_zh and entry.label_en and entry.source, key
        assert parse_value(entry.shape, to_json(entry.value), key=key) == entry.value
        for place in entry.source:
            assert re.fullmatch(
                r"S[0-4]-\d\d|X7-A\d{1,2}|(definitions|practice|walls) (\d{1,2}|general)", place
            ), key


def test_the_sources_cited_exist():
    text = shared("mission/requirements.md").read_text(encoding="utf-8")
    for entry in REGISTER.values():
        for place in entry.source:
            if place.startswith(("S", "X7-")):
                assert f"| {place.removeprefix('X7-')} |" in text, entry.key


def test_a_key_that_is_not_registered_is_refused():
    with pytest.raises(RegisterRefused) as refused:
        REGISTER["no.such.key"]
    assert refused.value.params["key"] == "no.such.key"
    assert "no.such.key" not in REGISTER


def entry(**changes):
    fields = {
        "type": '"percent"',
        "value": "5",
        "unit": '"%"',
        "label_zh": '"甲"',
        "label_en": '"A"',
        "source": '["S0-20"]',
        "from": "2000-01-01",
        **changes,
    }
    return '["a.key"]\n' + "\n".join(f"{name} = {text}" for name, text in fields.items() if text)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"unit": ""}, "missing", "unit"),
        ({"colour": '"red"'}, "unknown_field", "colour"),
        ({"type": '"float"'}, "unknown_type", "type"),
        ({"value": "4.5"}, "float", "value"),
        ({"value": '"many"'}, "wrong_type", "value"),
        ({"value": '"NaN"'}, "wrong_type", "value"),
        ({"value": "true"}, "wrong_type", "value"),
        ({"type": '"fen"', "value": '"5"'}, "wrong_type", "value"),
        ({"type": '"rule"', "value": '"soon"'}, "wrong_type", "value"),
        ({"type": '"text"', "value": '" "'}, "wrong_type", "value"),
        ({"type": '"bool"', "value": "1"}, "wrong_type", "value"),
        ({"type": '"list"', "of": '"int"', "value": "[]"}, "empty", "value"),
        ({"type": '"list"', "of": '"int"', "value": "[1, true]"}, "wrong_type", "value[1]"),
        ({"type": '"list"', "value": "[1]"}, "unknown_type", "of"),
        ({"type": '"range"', "of": '"int"', "value": "{ min = 2, max = 1 }"}, "order", "value"),
        ({"type": '"range"', "of": '"int"', "value": "{ min = 2 }"}, "names", "value"),
        (
            {"type": '"table"', "of": '"percent"', "value": "{ a = 2, b = 97 }", "total": "100"},
            "total",
            "value",
        ),
        ({"type": '"table"', "fields": '{ a = "int" }', "value": "{ b = 1 }"}, "names", "value"),
        ({"type": '"table"', "of": '"int"', "value": '{ a = "x" }'}, "wrong_type", "value.a"),
        ({"source": "[]"}, "empty", "source"),
        ({"label_zh": '""'}, "empty", "label_zh"),
        ({"from": '"2000-01-01"'}, "wrong_type", "from"),
    ],
)
def test_a_wrong_entry_is_refused_with_key_and_field(changes, reason, field):
    assert read_register(entry())["a.key"].value == Decimal(5)
    with pytest.raises(RegisterRefused) as refused:
        read_register(entry(**changes))
    assert (refused.value.reason, refused.value.params["field"]) == (reason, field)
    assert "a.key" in str(refused.value)
