"""Reads a rule text into the tree of `rules` by the grammar of FORMAT section 3, and into nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from grouping.engine.problems import REASONS
from grouping.engine.rules import (
    FIELDS,
    FLAGS,
    SUBJECTS,
    And,
    Atom,
    Compare,
    Department,
    Discharge,
    Flag,
    InList,
    Not,
    Or,
    Rule,
)

MAX_INTEGER_DIGITS = 100  # far above any code of discharge; keeps one damaged cell from costing seconds


class RuleError(ValueError):
    """A rule text that does not follow the grammar.

    `kind` is a key of problems.REASONS, `params` fills it: `at` position (1 = first), `found` the text there.
    """

    def __init__(self, kind: str, at: int, found: str = "", mark: str = "") -> None:
        self.kind = kind
        self.params = {"at": at, "found": repr(found), "mark": repr(mark)}
        super().__init__(REASONS[kind] % self.params)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


# Words are separated by blanks: a number or a string may not run into the next word.
_TOKEN = re.compile(
    r"""[ \t]*(?:
      (?P<word>   [^\W\d_][\w.]* )
    | (?P<number> [0-9]+(?:\.[0-9]+)?(?![\w.]) )
    | (?P<string> "[^"\r\n]*"(?!\w) )
    | (?P<op>     <=|>=|==|<|> )
    | (?P<mark>   [(){},] )
    )""",
    re.VERBOSE,
)


def _tokens(text: str) -> Iterator[_Token]:
    end = len(text.rstrip(" \t"))
    at = 0
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip(" \t"))
            raise RuleError("rule_unreadable", at + 1, text[at : at + 12])
        kind = str(found.lastgroup)
        yield _Token(kind, found[kind], found.start(kind) + 1)
        at = found.end()
    yield _Token("end", "", end + 1)


@dataclass(slots=True)
class _Level:
    """One open bracket (or the rule itself) while it is being read."""

    opened: _Token | None = None
    ors: list[Rule] = field(default_factory=list)
    ands: list[Rule] = field(default_factory=list)
    nots: int = 0

    def add(self, rule: Rule) -> None:
        for _ in range(self.nots):
            rule = Not(rule)
        self.nots = 0
        self.ands.append(rule)

    def close_and(self) -> None:
        self.ors.append(And(tuple(self.ands)) if len(self.ands) > 1 else self.ands[0])
        self.ands = []

    def rule(self) -> Rule:
        self.close_and()
        return Or(tuple(self.ors)) if len(self.ors) > 1 else self.ors[0]


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.token = next(self.tokens)
        self.levels = [_Level()]

    def parse(self) -> Rule:
        while True:
            self._operand()
            while self._is("mark", ")") and len(self.levels) > 1:
                self._take("mark", ")")
                inner = self.levels.pop().rule()
                self.levels[-1].add(inner)
            if self.token.kind == "end":
                return self._end()
            if self._is("word", "or"):
                self.levels[-1].close_and()
            elif not self._is("word", "and"):
                self._fail("rule_joint")
            self._next()

    def _end(self) -> Rule:
        opened = self.levels[-1].opened
        if opened is not None:
            raise RuleError("rule_unclosed", opened.at)
        return self.levels[0].rule()

    def _operand(self) -> None:
        while True:
            if self._is("word", "not"):
                self.levels[-1].nots += 1
            elif self._is("mark", "("):
                self.levels.append(_Level(opened=self.token))
            else:
                return self.levels[-1].add(self._atom())
            self._next()

    def _atom(self) -> Atom:
        word = self.token
        if word.kind != "word":
            self._fail("rule_condition")
        self._next()
        if word.text in SUBJECTS:
            self._take("word", "in")
            return InList(word.text, self._take("word", wrong="rule_list").text)
        if word.text in FIELDS:
            op = self._take("op", wrong="rule_operator")
            return Compare(word.text, op.text, Decimal(self._take("number", wrong="rule_number").text))
        if word.text == "department":
            self._take("op", "==")
            return Department(self._take("string", wrong="rule_string").text[1:-1])
        if word.text == "discharge":
            return self._discharge()
        if word.text in FLAGS:
            return Flag(word.text)
        raise RuleError("rule_word", word.at, word.text)

    def _discharge(self) -> Discharge:
        self._take("word", "in")
        self._take("mark", "{")
        ways = [self._integer()]
        while not self._is("mark", "}"):
            self._take("mark", ",")
            ways.append(self._integer())
        self._next()
        return Discharge(tuple(ways))

    def _integer(self) -> int:
        token = self._take("number", wrong="rule_integer")
        if "." in token.text or len(token.text) > MAX_INTEGER_DIGITS:
            raise RuleError("rule_integer", token.at, token.text)
        return int(token.text)

    def _is(self, kind: str, text: str) -> bool:
        return self.token.kind == kind and self.token.text == text

    def _take(self, kind: str, text: str = "", wrong: str = "rule_mark") -> _Token:
        token = self.token
        if token.kind != kind or (text and token.text != text):
            self._fail(wrong, text)
        self._next()
        return token

    def _next(self) -> None:
        self.token = next(self.tokens, self.token)

    def _fail(self, kind: str, mark: str = "") -> NoReturn:
        ended = self.token.kind == "end"
        raise RuleError("rule_ends" if ended else kind, self.token.at, self.token.text, mark)


def parse(text: str) -> Rule:
    """Read one rule text into its tree; raises RuleError with reason and position (FORMAT section 3)."""
    return _Parser(text).parse()
