"""Reading a formula the way a person with a pocket calculator does: only from its tokens."""

from fractions import Fraction

from performance.engine.formula import Formula, Operand

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
    """The line as text, numbers and signs with blanks between."""
    return " ".join(
        str(token.value) if isinstance(token, Operand) else token.text for token in formula.tokens
    )
