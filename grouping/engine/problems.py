"""What is wrong with a scheme package, said so that its author finds the cell and knows what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 20  # problems written out in the message of a SchemeError; all of them are in `problems`


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. row: line of the file (header = 1), None = the whole file. text: the cell as it stands.

    kind is a word for programs (translation, counting); reason is a sentence for people.
    """

    file: str
    row: int | None
    column: str
    text: str
    kind: str
    reason: str

    def __str__(self) -> str:
        place = (
            self.file + (f" row {self.row}" if self.row else "") + (f", {self.column}" if self.column else "")
        )
        return f"{place}: {self.text!r}: {self.reason}" if self.text else f"{place}: {self.reason}"


class SchemeError(Exception):
    """A package that cannot be read; `problems` lists everything found, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            shown.append(f"… and {len(self.problems) - SHOWN} more")
        super().__init__("\n".join(shown))
