"""The mean of the region, where a scheme compares with it and names no number of its own (S3-16).

All institutions of the alliance whose facts are known, the compared one among them: of a rate the sum of all
numerators over the sum of all denominators, of an amount the plain mean; rounded like the indicator's values.
With fewer than two there is nothing to compare with. A number the scheme names (imported or decided) wins.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from performance.engine.exact import half_up
from performance.engine.few import DIVIDED, summed
from performance.engine.forms import AgainstMean, Form
from performance.engine.formula import Number
from performance.engine.indicators import Indicator

LEAST = 2


def mean(
    indicator: Indicator, pairs: Sequence[tuple[Number | None, Number | None]]
) -> tuple[Decimal, int] | None:
    """The mean and of how many; `pairs` are everybody's sums above and below the line (amounts: below 1)."""
    known = [pair for pair in pairs if pair[0] is not None and pair[1]]
    top, bottom = summed(known)
    if len(known) < LEAST or not bottom or indicator.form not in (*DIVIDED, "amount"):
        return None
    share = Fraction(top) / Fraction(bottom)
    exact = 1 - share if indicator.form == "complement" else share
    return half_up(Fraction(indicator.scale) * exact, indicator.decimals), len(known)


def against(form: Form, found: tuple[Decimal, int] | None) -> Form:
    """A form that compares with the region gets the mean that was computed; every other stays as it is."""
    if not isinstance(form, AgainstMean) or form.mean is not None or found is None:
        return form
    return replace(form, mean=found[0], computed=found[1])


def asks(form: Form) -> bool:
    """Whether the mean has to be computed."""
    return isinstance(form, AgainstMean) and form.mean is None
