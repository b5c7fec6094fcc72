"""The accounts that pay writes to, named in one place for every room that posts (walls.md 2)."""

from __future__ import annotations

from alliance.ledger.models import Account
from alliance.ledger.services import NewAccount
from alliance.models import Institution, Staff


def institution_code(institution: Institution) -> str:
    """The account of an institution's share."""
    return f"institution:{institution.code}"


def institution_account(institution: Institution) -> NewAccount:
    """The same as it is opened."""
    kind = Account.Kind.INSTITUTION
    return NewAccount(institution_code(institution), institution.name, kind, institution)


def person_code(staff: Staff) -> str:
    """The account of a person."""
    return f"person:{staff.institution.code}:{staff.code}"


def person_account(staff: Staff) -> NewAccount:
    """The same as it is opened."""
    kind = Account.Kind.PERSON
    return NewAccount(person_code(staff), staff.name, kind, staff.institution, staff=staff)
