"""Packages that break the format, one fault each, and the place where it must be reported."""

from collections.abc import Mapping

from tests.engines.grouping.tiny import TINY, Files, with_rows, with_text

Place = tuple[str, int | None, str, str]  # file, line, column, kind
Fault = tuple[Files, Place]


def add(file: str, row: str, line: int, column: str, kind: str) -> Fault:
    """One more row at the end of a file, in `line`."""
    return with_rows(file, row), (file, line, column, kind)


def turn(file: str, old: str, new: str, line: int, column: str, kind: str) -> Fault:
    """Another text in `line` of a file."""
    return with_text(file, old, new), (file, line, column, kind)


def head(old: str, new: str, column: str, kind: str) -> Fault:
    """Another text in scheme.toml."""
    return with_text("scheme.toml", old, new), ("scheme.toml", None, column, kind)


def drop(file: str) -> Fault:
    """The package without one file."""
    files = {name: text for name, text in TINY.items() if name != file}
    return files, (file, None, "", "missing_file")


REFUSED: Mapping[str, Fault] = {
    # files and their form (FORMAT 1)
    "no scheme.toml": drop("scheme.toml"),
    "no exclusion.csv": drop("exclusion.csv"),
    "column missing": turn("drg.csv", "weight,note", "weights,note", 1, "weight", "header_missing"),
    "column twice": turn("cc.csv", "exclusion_group", "exclusion_group,level", 1, "level", "header_twice"),
    "comma without quotes": add("mdc.csv", "MDCX,a,b,true", 6, "", "width"),
    "quote not closed": add("cc.csv", 'A01,"CC,1', 7, "", "csv"),
    "text after a quote": add("cc.csv", 'A01,"CC"x,1', 7, "", "csv"),
    "empty value": add("lists.csv", "valid,procedure,", 11, "code", "empty"),
    "procedure code of a list": add("lists.csv", "valid,procedure,0.55", 11, "code", "procedure_code"),
    "procedure code as a date": add("lists.csv", "valid,procedure,44927", 11, "code", "procedure_code"),
    "procedure code without digits": add("lists.csv", "valid,procedure,38.", 11, "code", "procedure_code"),
    "procedure code of the dictionary": add("procedures.csv", "1.1,x", 5, "code", "procedure_code"),
    "clinical procedure code": add("procedure_map.csv", "1,01.1000", 3, "clinical", "procedure_code"),
    "insurance procedure code": add("procedure_map.csv", "01.1,1", 3, "insurance", "procedure_code"),
    # keys
    "mdc twice": add("mdc.csv", "MDCB,,true", 6, "mdc", "repeated"),
    "mdc and seq twice": add("adrg.csv", "MDCB,05,BS1,,medical,true,adrg", 8, "mdc,seq", "repeated"),
    "adrg and seq twice": add("drg.csv", "BR1,1,BR17,,true,1,", 10, "adrg,seq", "repeated"),
    "drg twice": add("drg.csv", "BR1,4,BB15,,true,1,", 10, "drg", "repeated"),
    "code of a list twice": add("lists.csv", "MDCB,diagnosis,I61.000", 11, "list,code", "repeated"),
    "code and level twice": add("cc.csv", "E11.900,CC,8", 7, "code,level", "repeated"),
    "principal twice": add("exclusion.csv", "I61.000,6", 4, "principal", "repeated"),
    "site code twice": add("sites.csv", "S22.000,腹", 5, "code", "repeated"),
    "diagnosis twice": add("diagnoses.csv", "I61.000,x", 6, "code", "repeated"),
    "procedure twice": add("procedures.csv", "01.1000,x", 5, "code", "repeated"),
    "clinical diagnosis twice": add("diagnosis_map.csv", "I63.900x001,I61.000", 3, "clinical", "repeated"),
    "clinical procedure twice": add("procedure_map.csv", "01.1000x001,01.2000", 3, "clinical", "repeated"),
    # values
    "list of two kinds": add("lists.csv", "MDCB,procedure,01.1000", 11, "kind", "list_kinds"),
    "unknown kind of list": add("lists.csv", "X,drug,01.1000", 11, "kind", "one_of"),
    "unknown kind of ADRG": add("adrg.csv", "MDCB,9,BS1,,other,true,adrg", 8, "kind", "one_of"),
    "unknown when_no_drg": add("adrg.csv", "MDCB,9,BS1,,medical,true,drg", 8, "when_no_drg", "one_of"),
    "unknown level": add("cc.csv", "A01,CCC,1", 7, "level", "one_of"),
    "seq zero": add("adrg.csv", "MDCB,0,BS1,,medical,true,adrg", 8, "seq", "positive"),
    "seq with a point": add("drg.csv", "BR1,4.0,BR17,,true,1,", 10, "seq", "positive"),
    "seq negative": add("drg.csv", "BR1,-4,BR17,,true,1,", 10, "seq", "positive"),
    "weight no number": add("drg.csv", "BR1,4,BR17,,true,1.2.3,", 10, "weight", "decimal"),
    "weight with an exponent": add("drg.csv", "BR1,4,BR17,,true,1E-2,", 10, "weight", "decimal"),
    "weights without a unit": head('weight_unit = "RW"', 'weight_unit = ""', "weight_unit", "weight_unit"),
    # rules (FORMAT 3)
    "syntax error": turn("mdc.csv", "principal in MDCB", "principal MDCB", 5, "rule", "rule_mark"),
    "unknown word": turn("adrg.csv", "has_weight", "has_wait", 3, "rule", "rule_word"),
    "character of no rule": turn("mdc.csv", "age == 0", "age = 0", 3, "rule", "rule_unreadable"),
    "rule that ends early": turn("mdc.csv", "principal in MDCB", "principal in", 5, "rule", "rule_ends"),
    "bracket not closed": turn(
        "mdc.csv", "principal in MDCB", "(principal in MDCB", 5, "rule", "rule_unclosed"
    ),
    "two conditions side by side": turn(
        "mdc.csv", "principal in MDCB", "principal in MDCB cc", 5, "rule", "rule_joint"
    ),
    "number for a condition": turn("mdc.csv", "principal in MDCB", "5", 5, "rule", "rule_condition"),
    "number for a list": turn("mdc.csv", "principal in MDCB", "principal in 5", 5, "rule", "rule_list"),
    "field without operator": turn("mdc.csv", "principal in MDCB", "age in MDCB", 5, "rule", "rule_operator"),
    "word for a number": turn("mdc.csv", "principal in MDCB", "age < cc", 5, "rule", "rule_number"),
    "fraction for a way": turn("drg.csv", "{2, 5}", "{2.5}", 8, "rule", "rule_integer"),
    "department without quotes": turn(
        "mdc.csv", "principal in MDCB", "department == ICU", 5, "rule", "rule_string"
    ),
    "empty rule": add("drg.csv", "BR1,4,BR17,,,1,", 10, "rule", "empty"),
    "unknown list": turn("adrg.csv", "in BB1.procedures", "in bb1.procedures", 5, "rule", "unknown_list"),
    "procedure list for a diagnosis": turn(
        "mdc.csv", "principal in MDCB", "secondary in valid", 5, "rule", "wrong_kind"
    ),
    "diagnosis list for a procedure": turn(
        "adrg.csv", "any_procedure in valid", "other_procedure in MDCB", 6, "rule", "wrong_kind"
    ),
    # rows against each other
    "one ADRG in two MDCs": add("adrg.csv", "MDCZ,9,BR1,,medical,true,adrg", 8, "mdc", "two_mdcs"),
    "ADRG of no MDC": add("adrg.csv", "MDCQ,9,QR1,,medical,true,adrg", 8, "mdc", "unknown_mdc"),
    "DRG of no ADRG": add("drg.csv", "BS1,1,BS19,,true,1,", 10, "adrg", "unknown_adrg"),
    "ambiguous and next": turn("adrg.csv", "valid,adrg", "valid,next", 6, "when_no_drg", "ambiguous_next"),
    "ambiguous with another DRG": add("drg.csv", "BQY,1,BQ19,,true,1,", 10, "drg", "ambiguous_drg"),
    # scheme.toml (FORMAT 2)
    "no TOML": head("format = 1", "format: 1", "", "toml"),
    "TOML cut off": head("format = 1", 'cut = """', "", "toml_whole"),
    "other format": head("format = 1", "format = 2", "format", "format"),
    "no format": head("format = 1\n", "", "format", "needs_integer"),
    "format as truth": head("format = 1", "format = true", "format", "needs_integer"),
    "code in capitals": head('"tiny"', '"Tiny"', "code", "code"),
    "no name": head('name = "小方案"\n', "", "name", "needs_text"),
    "version as number": head('version = "1.0"', "version = 1.0", "version", "needs_text"),
    "year as text": head("year = 2026", 'year = "2026"', "year", "needs_integer"),
    "year out of range": head("year = 2026", "year = 0", "year", "year"),
    "day as text": head("2026-07-01", '"2026-07-01"', "effective_from", "needs_day"),
    "day with a time": head("2026-07-01", "2026-07-01T00:00:00", "effective_from", "needs_day"),
    "order as text": head('["MDCA", "MDCP", "MDCZ", "MDCB"]', '"MDCA"', "mdc_order", "needs_texts"),
    "order without an MDC": head('"MDCP", ', "", "mdc_order", "order_missing"),
    "order with an MDC twice": head('"MDCP", ', '"MDCP", "MDCP", ', "mdc_order", "order_twice"),
    "order with another MDC": head('"MDCP", ', '"MDCP", "MDCQ", ', "mdc_order", "order_unknown"),
    "retry as text": head("= false", '= "false"', "retry_other_procedures", "needs_boolean"),
    "no retry": head("retry_other_procedures = false\n", "", "retry_other_procedures", "needs_boolean"),
    "empty ungroupable": head('"0000"', '" "', "ungroupable", "needs_text"),
    "no weight unit": head('weight_unit = "RW"\n', "", "weight_unit", "needs_text"),
}
