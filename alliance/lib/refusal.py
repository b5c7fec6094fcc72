"""One shape for every refusal of the library: a stable reason, a translatable template, its parameters."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar


class Refused(ValueError):
    """A value was refused.

    `reason` is a stable word for programs and tests; `template` is the English message for people with
    `%(name)s` places; `params` fills it with values, which are said in the reader's words where the sentence
    is shown (alliance.web.refused).
    """

    reasons: ClassVar[Mapping[str, str]] = {}
    # The field of each reason that does not bear the reason's own name; "" for what concerns the whole.
    fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, reason: str, **params: object) -> None:
        self.reason = reason
        self.template = self.reasons[reason]
        self.params = params
        super().__init__(self.template % params)

    def __reduce__(self) -> tuple[Any, ...]:
        """A refusal in a process of a pool reaches its caller as it is."""
        return partial(type(self), self.reason, **self.params), ()

    @property
    def field(self) -> str:
        """The field of a form or a sheet that the refusal belongs to; "" when it concerns the whole."""
        return self.fields.get(self.reason, self.reason)
