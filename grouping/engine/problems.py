"""What is wrong with a scheme package or a case file, said so that its author finds the cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SHOWN = 20  # problems written out in the message of an error; all of them are in `problems`
SHOWN_TEXT = 120  # characters of a cell written out in a message

# Templates, which a page fills in its own language.
REASONS: Mapping[str, str] = {
    # the package as a whole
    "no_package": "there is no such folder or zip file",
    "missing_file": "the package lacks this file",
    "too_large": "%(size)d bytes unpacked; at most %(limit)d are read",
    "zip_damaged": "not a readable zip file: damaged, cut off, or another kind of file under this name",
    "zip_many": "more than one scheme.toml; zip one package folder at a time",
    "zip_outside": "this member points outside the package",
    "zip_twice": "this member is there twice",
    "zip_packed": "this member is encrypted or packed in an unusual way",
    # scheme.toml
    "toml": "not readable as TOML: line %(row)s, character %(at)s",
    "toml_whole": "not readable as TOML in UTF-8",
    "format": "must be 1: only format 1 can be read",
    "code": "may hold only the letters a-z, digits and _",
    "year": "must be a year",
    "needs_text": 'needs a text in "quotes"',
    "needs_texts": 'needs a list of texts, as in ["MDCA", "MDCB"]',
    "needs_integer": "needs a whole number without quotes",
    "needs_boolean": "needs true or false without quotes",
    "needs_day": "needs a day without quotes, as in 2021-01-01",
    "order_twice": "this MDC is there twice",
    "order_unknown": "mdc.csv has no such MDC",
    "order_missing": "this MDC of mdc.csv is missing from the order",
    "weight_unit": "is empty, so the package has no weights, but drg.csv line %(line)d has one",
    # any table
    "encoding": "not UTF-8; save the file as UTF-8 (Excel: CSV UTF-8)",
    "csv": "not readable as CSV: quotation marks do not pair, or one value is far too long",
    "header_missing": "the header lacks this column",
    "header_twice": "the header has this column twice",
    "width": "%(found)d values under %(width)d columns; a comma inside a value needs quotes",
    "empty": "a value is needed here",
    "repeated": "this key is already in line %(line)d",
    "one_of": "must be one of %(words)s",
    "procedure_code": "a procedure code has two digits, a dot and more, as in 00.5500; "
    "if Excel has rewritten the file, import it again with all columns as text (数据 → 自文本)",
    "positive": "must be a positive whole number",
    "decimal": "must be a decimal number such as 5.64294, or empty",
    # rules
    "rule_unreadable": "character %(at)d: %(found)s is not part of the rule language",
    "rule_ends": "character %(at)d: the rule ends too early",
    "rule_unclosed": "character %(at)d: this bracket is not closed",
    "rule_word": "character %(at)d: unknown word %(found)s",
    "rule_joint": 'character %(at)d: expected "and", "or" or the end, found %(found)s',
    "rule_condition": "character %(at)d: expected a condition, found %(found)s",
    "rule_mark": "character %(at)d: expected %(mark)s, found %(found)s",
    "rule_list": "character %(at)d: expected the name of a list, found %(found)s",
    "rule_operator": "character %(at)d: expected one of < <= > >= ==, found %(found)s",
    "rule_number": "character %(at)d: expected a number, found %(found)s",
    "rule_integer": "character %(at)d: expected a whole number, found %(found)s",
    "rule_string": 'character %(at)d: expected a text in "quotes", found %(found)s',
    "unknown_list": "lists.csv has no list %(list)s",
    "wrong_kind": "%(subject)s takes a %(kind)s list; %(list)s is a %(found)s list",
    # rows against each other
    "list_kinds": "the list %(list)s is a %(kind)s list in line %(line)d",
    "two_mdcs": "one ADRG belongs to one MDC; %(adrg)s belongs to %(mdc)s in line %(line)d",
    "unknown_mdc": "mdc.csv has no such MDC",
    "unknown_adrg": "adrg.csv has no such ADRG",
    "ambiguous_next": "an ambiguous row needs adrg here",
    "ambiguous_drg": "the only DRG of the ambiguous %(adrg)s may be %(adrg)s itself with the rule true",
    # warnings
    "unreachable": "never reached: line %(line)d of %(adrg)s has the rule true",
    "without_drg": "%(adrg)s has no DRG and next here: it never catches a case",
    "unused_list": "no rule uses this list",
    "unknown_code": "the list %(list)s has this code, the dictionary of the package does not",
    "no_weight": "%(drg)s has no weight",
    "damaged_code": "this code looks as if a spreadsheet has rewritten it as a number or a day",
    # case files
    "case_encoding": "neither UTF-8 nor GB18030; save the file again in one of them",
    "case_width": "%(found)d values under %(width)d columns",
    "case_integer": "needs a whole number, or nothing when not known",
    "case_number": "needs a number, or nothing when not known",
    "case_gap": "an empty code between bars; write every code once, the principal or main one first",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. line: of the file, header = 1, None = the whole file. text: the cell as it stands.

    kind is a key of REASONS. str() gives file, line, column, text and reason in English.
    """

    file: str
    line: int | None
    column: str
    text: str
    kind: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The reason with places for `params`, to be translated before they are put in."""
        return REASONS[self.kind]

    @property
    def reason(self) -> str:
        """The reason in English."""
        return self.template % self.params

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        column = f"column {self.column}" if self.column else ""
        text = repr(self.text[:SHOWN_TEXT]) if self.text else ""
        return ": ".join(
            filter(None, [", ".join(filter(None, [self.file, line, column])), text, self.reason])
        )


class ProblemsError(Exception):
    """A file that cannot be read; `problems` lists everything found, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            shown.append(f"… {len(self.problems) - SHOWN} more")
        super().__init__("\n".join(shown))


class SchemeError(ProblemsError):
    """A scheme package that does not follow the format."""


class CaseFileError(ProblemsError):
    """A case file with cells that cannot be read."""
