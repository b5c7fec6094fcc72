"""Who opens the sealed box: proposed by one, consented to by another (practice.md section 9).

Where a keeper stands, another keeper consents. The first one, or where none is left, is a decision of the
body that leads the alliance: on paper, with number and scan, entered by one and checked by another
(alliance.approvals); everybody who may object is told at once, and it takes effect after the days of
`sealed_box.objection`. A password or second factor that somebody else resets suspends the appointment, in the
database itself; another keeper confirms it, or the keeper who still has the other of the two. Nothing here
can do what the guards of complaints.sql_box refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.workdays import SHANGHAI
from alliance.messaging import services as messages
from alliance.models import Journal, Membership
from alliance.services import journal
from complaints import machine, sql
from complaints.models import BoxDeed, BoxKeeper
from complaints.services.moves import needed
from complaints.services.refusals import ComplaintRefused

KIND, CHAIN = "sealed_box.keeper", "sealed_box"
What = BoxDeed.What
_BROKEN = {
    "box_second_person": "keeper_second", "box_decision": "keeper_paper",
    "box_objection": "keeper_over", "box_days": "keeper_days",
    "box_keeper_other": "keeper_oneself", "box_keeper_member": "keeper_role", "box_deed_once": "keeper_waits",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment as it stands: waits, announced, stands, suspended, ended; what happened, oldest first.

    `opens_at`: when one that is announced takes effect.
    """

    keeper: BoxKeeper
    state: str
    deeds: Sequence[BoxDeed] = field(default=())
    opens_at: datetime | None = None

    @property
    def causes(self) -> set[str]:
        """Why it is suspended."""
        after = max((one.pk for one in self.deeds if one.what == What.RESUMED), default=0)
        return {one.cause for one in self.deeds if one.what == What.SUSPENDED and one.pk > after}


def may_keep(member: Membership) -> bool:
    """The role and the place a keeper needs; whether the box opens is another matter (`box.may_open`)."""
    return member.institution_id is None and member.can(machine.BOX)


@transaction.atomic
def propose(
    *, by: Membership, member: Membership, reason: str, until: date | None, now: datetime
) -> BoxKeeper:
    """Propose that a member opens the box until a day (None: until it is ended).

    Where no keeper stands who could consent, an approval by document is opened at once. Raises
    PermissionDenied, ComplaintRefused (reason, keeper_oneself, keeper_role, keeper_waits, keeper_until).
    """
    if not by.can(machine.PROPOSE):
        raise PermissionDenied
    reason, today = needed(reason, "reason"), now.astimezone(SHANGHAI).date()
    if by.user_id == member.user_id:
        raise ComplaintRefused("keeper_oneself")
    if not (may_keep(member) and member.is_active):
        raise ComplaintRefused("keeper_role")
    if until is not None and until < today:
        raise ComplaintRefused("keeper_until")
    if any(one.state == "waits" and one.keeper.membership_id == member.pk for one in standings(today)):
        raise ComplaintRefused("keeper_waits")
    with _guarded():
        row: BoxKeeper = BoxKeeper.objects.create(
            membership=member,
            user_id=member.user_id,
            reason=reason,
            until=until,
            proposed_by=by,
            proposed_at=now,
        )
    journal.write(by=by, verb="box_keeper.proposed", about=row, member=member.pk, until=str(until or ""))
    if not _others(row, today):
        _ask_body(by, row, today)
    return row


def _ask_body(by: Membership, row: BoxKeeper, today: date) -> None:
    chains.install()  # an alliance older than this chain has it from now on
    approvals.propose(
        by=by, kind=KIND, about=row, chain=chains.in_force(CHAIN, on=today, kind=KIND), digest=content(row),
        arguments={"member": str(row.membership.user), "until": str(row.until or "")},
    )  # fmt: skip


def content(row: BoxKeeper) -> str:
    """What the deciders saw."""
    return digest(
        {"member": row.membership_id, "user": row.user_id, "until": str(row.until), "reason": row.reason}
    )


def digest_of(approval: Approval) -> str:
    """The digest of an approval's present content."""
    return content(BoxKeeper.objects.get(pk=approval.about_id))


def decided(approval: Approval, by: Membership) -> None:
    """The body has decided on paper: the appointment stands, or is over.

    Raises ComplaintRefused (keeper_paper, keeper_second).
    """
    row = BoxKeeper.objects.get(pk=approval.about_id)
    agreed = approval.state == Approval.State.APPROVED
    _deed(row, What.CONSENTED if agreed else What.ENDED, by, approval=approval)
    if agreed:
        _tell(by, row)


def _tell(by: Membership, row: BoxKeeper) -> None:
    """Say it at once to everybody who may object: their inbox until it takes effect, the outbox now."""
    rows = Membership.objects.filter(is_active=True, institution=None).select_related("user")
    members = [one for one in rows if one.can(machine.OBJECT) and one.user_id != row.user_id]
    opens = standing(row).opens_at
    assert opens is not None, "the database fills it with the consent"
    name, day = str(row.membership.user), opens.astimezone(SHANGHAI).date()
    sent = messages.tell(
        members=members, key=f"box_keeper:{row.pk}", path="complaints/box/keepers/", now=timezone.now(),
        said=lambda: _("%(name)s is to open the sealed box from %(day)s: object before, if that is not right")
        % {"name": name, "day": day.isoformat()},
    )  # fmt: skip
    journal.write(by=by, verb="box_keeper.told", about=row, people=len(members), messages=sent)


@transaction.atomic
def object_to(*, by: Membership, keeper: BoxKeeper, reason: str) -> None:
    """Object to an appointment by the leading body before it takes effect: it is over, the body decides anew.

    Raises PermissionDenied, ComplaintRefused (reason, keeper_over).
    """
    if not by.can(machine.OBJECT):
        raise PermissionDenied
    _deed(keeper, What.OBJECTED, by, note=needed(reason, "reason")[:300])


@transaction.atomic
def consent(*, by: Membership, keeper: BoxKeeper) -> None:
    """Another keeper agrees. Raises ComplaintRefused (keeper_second, keeper_waits)."""
    _deed(keeper, What.CONSENTED, by)
    _lapse(by, keeper)


def _lapse(by: Membership, keeper: BoxKeeper) -> None:
    for approval in asked(keeper):
        approvals.lapse(by=by, approval=approval, note="")


def asked(keeper: BoxKeeper) -> list[Approval]:
    """The open approval of a proposal, if the body is asked."""
    return list(Approval.objects.filter(kind=KIND, about_id=keeper.pk, state=Approval.State.OPEN))


@transaction.atomic
def resume(*, by: Membership, keeper: BoxKeeper, device: TOTPDevice | None) -> None:
    """Confirm an appointment after a reset: another keeper, or its owner with what was not reset.

    `device`: the second factor this session was opened with. After a reset of the password the owner shows
    the phone of before. Raises ComplaintRefused (keeper_second, keeper_factor).
    """
    if by.user_id == keeper.user_id and BoxDeed.Cause.PASSWORD in standing(keeper).causes:
        reset = max(one.at for one in standing(keeper).deeds if one.what == What.SUSPENDED)
        if device is None or device.created_at is None or device.created_at >= reset:
            raise ComplaintRefused("keeper_factor")
    _deed(keeper, What.RESUMED, by)


@transaction.atomic
def end(*, by: Membership, keeper: BoxKeeper) -> None:
    """End an appointment: the keeper, another keeper, or who may propose. Raises PermissionDenied."""
    if not (by.user_id == keeper.user_id or by.can(machine.PROPOSE)):
        raise PermissionDenied
    _deed(keeper, What.ENDED, by)
    _lapse(by, keeper)


@transaction.atomic
def note(*, by: Membership) -> None:
    """A keeper has seen everything about the other appointments so far."""
    for one in unseen(by):
        BoxDeed.objects.create(keeper=one, what=What.NOTED, by=by)


def _deed(
    keeper: BoxKeeper, what: str, by: Membership, approval: Approval | None = None, note: str = ""
) -> None:
    with _guarded():
        BoxDeed.objects.create(keeper=keeper, what=what, by=by, approval=approval, note=note)
    journal.write(by=by, verb=f"box_keeper.{what}", about=keeper, member=keeper.membership_id)


class _guarded:
    """What the database refuses, in the words of the house; the rest of the transaction lives on."""

    def __enter__(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.savepoint.__exit__(kind, error, trace)  # type: ignore[arg-type]
        if isinstance(error, IntegrityError):
            name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
            if name in _BROKEN:
                raise ComplaintRefused(_BROKEN[name]) from error


def standing(keeper: BoxKeeper) -> Standing:
    """One appointment as it stands."""
    return _standing(keeper, None, list(keeper.deeds.order_by("pk")), sql.box_now())


def standings(today: date) -> list[Standing]:
    """Every appointment ever proposed, newest first; three queries."""
    rows = BoxKeeper.objects.select_related("membership__user", "membership__alliance", "proposed_by__user")
    found, now = rows.prefetch_related("deeds__by__user"), sql.box_now()
    return [_standing(row, today, list(row.deeds.all()), now) for row in found]


def _standing(row: BoxKeeper, today: date | None, deeds: list[BoxDeed], now: datetime) -> Standing:
    whats = [one.what for one in deeds]
    turn = [one for one in whats if one in (What.SUSPENDED, What.RESUMED)]
    opens = next((one.opens_at for one in deeds if one.what == What.CONSENTED), None)
    over = today is not None and row.until is not None and row.until < today
    if What.ENDED in whats or What.OBJECTED in whats or over:
        state = "ended"
    elif What.CONSENTED not in whats:
        state = "waits"
    elif turn and turn[-1] == What.SUSPENDED:
        state = "suspended"
    else:
        state = "announced" if opens is not None and opens > now else "stands"
    return Standing(row, state, deeds, opens)


def _others(row: BoxKeeper, today: date) -> list[Standing]:
    """The keepers who could consent to a proposal."""
    proposer = row.proposed_by.user_id
    return [
        one for one in standings(today)
        if one.state == "stands" and one.keeper.user_id not in (row.user_id, proposer)
        and sql.box_standing(one.keeper.membership_id)
    ]  # fmt: skip


def unseen(by: Membership) -> list[BoxKeeper]:
    """Appointments of others about which something happened that this keeper has not taken note of."""
    found = []
    for keeper in (
        BoxKeeper.objects.exclude(user=by.user_id)
        .prefetch_related("deeds")
        .select_related("membership__user")
    ):
        seen = max(
            (one.pk for one in keeper.deeds.all() if one.what == What.NOTED and one.by_id == by.pk), default=0
        )
        if any(one.pk > seen and one.what != What.NOTED and one.by_id != by.pk for one in keeper.deeds.all()):
            found.append(keeper)
    return found


def hands(keepers: Sequence[BoxKeeper]) -> list[Journal]:
    """What administrators did to the sign-ins and memberships of keepers, newest first: one query."""
    verbs = ("password.reset", "second_factor.reset", "membership.changed", "membership.granted")
    members = {one.membership_id for one in keepers}
    found: list[Journal] = list(
        Journal.objects.filter(
            about_kind="alliance.membership", about_id__in=members, verb__in=verbs
        ).select_related("user").order_by("-pk")[:100]
    )  # fmt: skip
    return found
