"""Reading a formula the way a person with a pocket calculator does: only from its tokens."""

from fractions import Fraction

from performance.engine.formula import Formula, Operand, Token

WORDS = {"+": "+", "−": "-", "×": "*", "÷": "/", "(": "(", ")": ")"}


def worked_out(formula: Formula) -> Fraction:
    """The value of the line, worked out from its written numbers; after an arrow, what follows it."""
    words: list[str] = []
    for token in formula.tokens:
        if isinstance(token, Operand):
            words.append(f"Fraction('{token.value}')")
        elif token.text == "→":
            words.clear()
        else:
            words.append(WORDS.get(token.text, "and"))
    return Fraction(eval(" ".join(words), {"Fraction": Fraction}))


def written(formula: Formula) -> str:
    """The line as text, numbers and signs with blanks between; a question mark for a missing number."""
    return " ".join(_word(token) for token in formula.tokens)


def _word(token: Token) -> str:
    if not isinstance(token, Operand):
        return token.text
    return "?" if token.value is None else str(token.value)
