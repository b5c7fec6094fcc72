"""Who may do what where: granting, changing, ending, helping who cannot sign in (requirements X2)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.lib.refusal import Refused
from alliance.models import Department, Institution, Membership, User
from alliance.roles import roles
from alliance.services import journal
from alliance.tenancy.scope import act_as


class MembershipRefused(Refused):
    """Somebody else has to do this."""

    reasons = {
        "elsewhere": "This person also belongs to another alliance. The platform resets the sign-in.",
        "oneself": "Nobody changes their own membership or resets their own sign-in. Ask a colleague.",
    }


def faults(
    *,
    roles_: Collection[str],
    institution: Institution | None,
    department: Department | None,
    username: str,
    membership: Membership,
) -> Iterator[tuple[str, str]]:
    """What is wrong with a membership before it is kept: (field, sentence) each."""
    names = {role.scope: role.name for code, role in roles().items() if code in roles_}
    if institution is None and "institution" in names:
        yield (
            "institution",
            _("The role %(role)s is one institution’s: choose it.") % {"role": names["institution"]},
        )
    if institution is not None and "alliance" in names:
        yield (
            "roles",
            _("The role %(role)s is for the whole alliance: leave the institution empty.")
            % {"role": names["alliance"]},
        )
    if department is not None and department.institution_id != getattr(institution, "pk", None):
        yield "department", _("The department belongs to another institution.")
    twin = Membership.objects.filter(user__username=username, institution=institution).exclude(
        pk=membership.pk
    )
    if twin.exists():
        yield "username", _("This person has a membership here already. Change that one.")


@transaction.atomic
def grant(*, by: Membership, membership: Membership, username: str, name: str) -> str:
    """Store a membership; make the sign-in when there is none and return its first password, else ''."""
    user = User.objects.filter(username=username).first()
    password = "" if user else new_password()
    membership.user = user or User.objects.create_user(username, password, name=name or username)
    membership.save(force_insert=True)
    journal.write(
        by=by, verb="membership.granted", about=membership, content=_content(membership), new_sign_in=not user
    )
    return password


@transaction.atomic
def change(*, by: Membership, membership: Membership) -> Membership:
    """Keep changed roles, place or activity; both are journaled. Raises MembershipRefused (oneself)."""
    _not_oneself(by, membership)
    before = _content(Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk))
    membership.save(update_fields=["roles", "institution", "department", "is_active"])
    journal.write(
        by=by, verb="membership.changed", about=membership, before=before, after=_content(membership)
    )
    return membership


@transaction.atomic
def reset_password(*, by: Membership, membership: Membership) -> str:
    """Give a new first password and end the person's sessions; returns it, it is stored nowhere.

    Raises MembershipRefused (oneself, elsewhere).
    """
    _only_ours(by, membership)
    password = new_password()
    user = User.objects.select_for_update().get(pk=membership.user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.write(by=by, verb="password.reset", about=membership)
    return password


@transaction.atomic
def reset_second_factor(*, by: Membership, membership: Membership) -> None:
    """Forget a lost phone, so that the next sign-in sets up another. Raises MembershipRefused."""
    _only_ours(by, membership)
    TOTPDevice.objects.filter(user=membership.user_id).delete()
    journal.write(by=by, verb="second_factor.reset", about=membership)


def new_password() -> str:
    """A random first password of 20 characters."""
    return secrets.token_urlsafe(15)


def _only_ours(by: Membership, membership: Membership) -> None:
    """A sign-in that opens another alliance too is none of this administrator's business."""
    _not_oneself(by, membership)
    with act_as(membership.user):
        alliances = {found.alliance_id for found in Membership.of_user(membership.user)}
    if alliances - {membership.alliance_id}:
        raise MembershipRefused("elsewhere")


def _not_oneself(by: Membership, membership: Membership) -> None:
    if by.user_id == membership.user_id:
        raise MembershipRefused("oneself")


def _content(membership: Membership) -> dict[str, object]:
    place = membership.institution.code if membership.institution else ""
    return {"roles": list(membership.roles), "institution": place, "active": membership.is_active}
