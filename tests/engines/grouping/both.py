"""Both groupers at once: what the interpreter says is right, and the compiled scheme must say the same."""

from grouping.engine import compiled, interpreter
from grouping.engine.case import Case
from grouping.engine.result import Result
from grouping.engine.rows import Scheme


def group(scheme: Scheme, case: Case) -> Result:
    """The result of the interpreter, after the compiled scheme came to the same."""
    result = interpreter.group(scheme, case)
    quick = compiled.group(scheme, case)
    assert quick == result, f"{case}: compiled {quick}, interpreter {result}"
    return result
