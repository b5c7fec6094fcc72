"""A family of illnesses: what such stays look like, told in a few words of data."""

from dataclasses import dataclass
from functools import cached_property

from alliance.demo.chance import Chances, Weighted, chances, weighted


@dataclass(frozen=True)
class Family:
    """One family of stays; texts are read by chance.weighted and chance.chances.

    principals: diagnoses with weights. secondary: diagnoses with chances per mille. operations: groups of
    (chance per mille, procedures with weights) in the order they stand on the page.
    departments: wanted codes, best first. ages: youngest, most frequent, oldest (years). male: per cent.
    stay: median days, 0 = home the same day. cost: median yuan at a secondary hospital, spread in
    thousandths (sigma of its logarithm).
    death, down, up, moved_up, planned: per mille of stays that end in death, are referred down, came by an
    up-referral (hospitals), are sent up at the end (primary institutions), have a planned readmission.
    grams: lightest and heaviest birth weight of its newborns; cause: the external cause of its injuries.
    after: the family of the stay that follows a down-referral. urgency: weights of its up-referrals.
    """

    code: str
    name: str
    principals: str
    secondary: str = ""
    operations: tuple[tuple[int, str], ...] = ()
    departments: str = ""
    ages: tuple[int, int, int] = (18, 50, 80)
    male: int = 52
    stay: int = 7
    cost: int = 5000
    spread: int = 330
    profile: str = "medical"
    death: int = 0
    down: int = 0
    up: int = 0
    moved_up: int = 0
    planned: int = 0
    returns: bool = True
    after: str = ""
    urgency: str = "urgent:3 ordinary:7"
    pathology: str = ""
    grams: str = ""
    cause: str = ""

    @cached_property
    def principal_deck(self) -> Weighted:
        """Principal diagnoses to draw from."""
        return weighted(self.principals)

    @cached_property
    def secondary_chances(self) -> Chances:
        """Secondary diagnoses, each with its chance per mille."""
        return chances(self.secondary)

    @cached_property
    def operation_decks(self) -> tuple[tuple[int, Weighted], ...]:
        """Groups of procedures: the chance per mille that one of the group is done, and which."""
        return tuple((chance, weighted(codes)) for chance, codes in self.operations)

    @cached_property
    def department_codes(self) -> tuple[str, ...]:
        """Department codes in the order wanted."""
        return tuple(self.departments.split())

    @cached_property
    def urgency_deck(self) -> Weighted:
        """How urgent its up-referrals are."""
        return weighted(self.urgency)
