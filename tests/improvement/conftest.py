"""Two months with results: September, when the township was late, and October."""

from tests.performance.scene import two_months
from tests.stages import staged

qinghe = staged(two_months)
