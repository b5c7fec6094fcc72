"""A month that can be computed, one that can be paid out."""

from tests.performance import payout_scene
from tests.performance.scene import prepare
from tests.stages import staged

qinghe = staged(prepare)  # Qinghe's October delivered and decided
payable = staged(payout_scene.played)  # its doctors' lines are in the books, everybody has an account
