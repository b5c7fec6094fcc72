"""What makes a stay dearer than its family's median: grave complications, and those that wear."""

from collections.abc import Iterable

from alliance.demo.family import Family
from alliance.demo.values import Place

_GRAVE = (
    "A41.900 D65.x00 E43.x00 G93.501 I26.900 I49.001 J18.903 J69.000 J80.x00 J96.000 J96.900 K63.100 K65.000 "
    "L89.300 O14.200 P21.000 P28.500 P36.901 R57.000 R57.100 S36.000 T31.300 T31.400"
)
_WEARING = (
    "C77.900 C78.000 C78.600 C78.700 C79.500 D62.x00 D69.600 D70.x00 E44.000 E87.102 E87.200 F03.x00 G40.900 "
    "G81.900 G93.600 I48.000 I48.100 I48.200 I50.900 I80.200 J18.900 J45.900 J90.x00 J96.100 K74.600 K83.000 "
    "K92.208 L89.200 L97.x00 N17.900 N18.900 N39.000 O13.x00 O72.101 P22.100 P23.900 R18.x00 S22.400 S27.100 "
    "S27.301 S32.000 T81.400"
)
GRAVE, WEARING = frozenset(_GRAVE.split()), frozenset(_WEARING.split())
# Per mille of the family's chances: the higher the hospital, the sicker its patients.
_SICKER = {"primary": 800, "secondary": 1500, "tertiary": 1700}
_AS_TOLD = 1000
_LIKE_EVERYWHERE = ("birth", "newborn")
# Per cent of the bill, for so many of a kind at most.
_GRAVE_COSTS, _WEARING_COSTS = (42, 2), (13, 2)


def chance_here(family: Family, place: Place, code: str, chance: int) -> int:
    """The chance per mille of a secondary diagnosis at a place."""
    if family.profile in _LIKE_EVERYWHERE or code not in GRAVE | WEARING:
        return chance
    return chance * _SICKER[place.level] // _AS_TOLD


def extra_cost(codes: Iterable[str]) -> int:
    """Per cent that the secondary diagnoses add to the bill."""
    found = list(codes)
    grave, wearing = sum(code in GRAVE for code in found), sum(code in WEARING for code in found)
    return sum(
        percent * min(count, most)
        for count, (percent, most) in ((grave, _GRAVE_COSTS), (wearing, _WEARING_COSTS))
    )
