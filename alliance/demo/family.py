"""A family of illnesses: what such stays look like, told in a few words of data."""

from dataclasses import dataclass
from itertools import chain

from alliance.demo.chance import Chances, Weighted, chances, weighted


@dataclass(frozen=True, slots=True)
class Family:
    """One family of stays.

    principals: diagnoses with weights. secondary: diagnosis with its chance per mille. operations: groups of
    (chance per mille, procedures with weights) in the order they stand on the page. ages: youngest, most
    frequent, oldest (years). male: per cent. stay: median days, 0 = home the same day. cost: median yuan at a
    secondary hospital, spread in thousandths (sigma of its logarithm). death, down, up, moved_up, planned:
    per mille of stays that end in death, are referred down, came by an up-referral (hospitals), are sent up
    at the end (primary institutions), have a planned readmission.
    after: the family of the stay that follows a down-referral. urgency: weights of its up-referrals.
    """

    code: str
    name: str
    principals: Weighted
    secondary: Chances
    operations: tuple[tuple[int, Weighted], ...]
    departments: tuple[str, ...]
    ages: tuple[int, int, int]
    male: int
    stay: int
    cost: int
    spread: int
    profile: str
    death: int
    down: int
    up: int
    moved_up: int
    planned: int
    returns: bool
    after: str
    urgency: Weighted
    pathology: str


def family(
    code: str,
    name: str,
    principals: str,
    secondary: str = "",
    operations: tuple[tuple[int, str], ...] = (),
    *,
    departments: str,
    ages: tuple[int, int, int],
    stay: int,
    cost: int,
    male: int = 52,
    spread: int = 330,
    profile: str = "medical",
    death: int = 0,
    down: int = 0,
    up: int = 0,
    moved_up: int = 0,
    planned: int = 0,
    returns: bool = True,
    after: str = "",
    urgency: str = "urgent:3 ordinary:7",
    pathology: str = "",
) -> Family:
    """Write one family of data down; the texts are read by chance.weighted and chance.chances."""
    groups = tuple((chance, weighted(codes)) for chance, codes in operations)
    return Family(
        code=code,
        name=name,
        principals=weighted(principals),
        secondary=chances(secondary),
        operations=groups,
        departments=tuple(departments.split()),
        ages=ages,
        male=male,
        stay=stay,
        cost=cost,
        spread=spread,
        profile=profile,
        death=death,
        down=down,
        up=up,
        moved_up=moved_up,
        planned=planned,
        returns=returns,
        after=after,
        urgency=weighted(urgency),
        pathology=pathology,
    )


def codes_of(families: tuple[Family, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return every diagnosis and every procedure code the families use."""
    diagnoses = chain.from_iterable(
        (*f.principals.words, *(code for code, _ in f.secondary)) for f in families
    )
    procedures = chain.from_iterable(group.words for f in families for _, group in f.operations)
    return frozenset(diagnoses), frozenset(procedures)
