"""A draft of a pool as it is kept: shares, steps between, pots, and the digest that names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from psycopg.types.json import Jsonb

from alliance.lib.canonical import digest, to_plain
from alliance.models import Department, Institution, Membership
from alliance.services import journal
from alliance.sql import copy_rows
from performance.deductions.services import taking
from performance.deductions.services.taking import Take
from performance.engine.exact import half_up
from performance.engine.pay.flow import Flow
from performance.engine.pay.steps import PayRefused, Share, Step
from performance.entitlement.services import sheets
from performance.models import PayPool, PayPot, PayShare
from performance.pay.refusals import PoolRefused
from performance.pay.services import computing

BATCH, WEIGHT_PLACES = 1_000, 12


@dataclass(frozen=True, slots=True)
class Entitled:
    """An institution with its share of the pool, and the month's line it follows from, if any."""

    institution: Institution
    share: Share
    line: int | None = None


def keep(
    pool: PayPool, shares: Sequence[Entitled], weight: Decimal, by: Membership, now: datetime
) -> PayPool:
    """Compute the pots and keep everything of a draft; four statements for any number of pots."""
    read = computing.ground(pool.period) if pool.persons else None
    debts = taking.owing(pool, [one.institution.pk for one in shares])
    takes = taking.of_shares(pool.period, {one.institution.pk: one.share.fen for one in shares}, debts)
    found = flowing(pool, shares, read, takes)
    takes += taking.of_pots(pool.period, _departments(found, read), debts)
    of_shares, of_pots = taking.sums(takes)
    pool.made_by, pool.made_at, pool.digest = by, now, digest_of(pool, shares, found, read, takes)
    pool.read = read.mark if read is not None else ""
    insert(pool)
    rows = {
        one.institution.pk: PayShare(
            pool=pool, institution=one.institution, line_id=one.line, weight_sum=weight,
            groups=_groups(found.get(one.institution.pk)), taken_fen=of_shares.get(one.institution.pk, 0),
            **_columns(one.share),
        )
        for one in shares
    }  # fmt: skip
    PayShare.objects.bulk_create(rows.values(), batch_size=BATCH)
    kept = copy_rows(
        PayPot._meta.db_table, COLUMNS,
        (pot for key, made in found.items() for pot in _pots(pool, rows[key], read, made, of_pots)),
    )  # fmt: skip
    taking.keep(pool, takes)
    journal.write(
        by=by, verb="pay.pool_made", about=pool, kind=pool.kind, fen=pool.fen, month=str(pool.period),
        rows=kept,
    )  # fmt: skip
    return pool


def insert(pool: PayPool) -> None:
    """Store the head of a draft. Raises PoolRefused (there)."""
    try:
        with transaction.atomic():
            pool.save(force_insert=True)
    except IntegrityError as error:
        if "paypool_" not in str(error):
            raise
        raise PoolRefused("there", month=pool.period) from None


def _departments(
    found: Mapping[int, Flow], read: computing.Ground | None
) -> Iterable[tuple[int, int, str, int]]:
    """The pots of departments as `taking.of_pots` takes them: institution, department, group, fen."""
    for place, made in found.items() if read is not None else ():
        for pot in made.pots:
            if pot.group != PayPot.Group.TEAM:
                assert read is not None
                yield place, read.people.units[pot.unit], pot.group, pot.fen


def flowing(
    pool: PayPool, shares: Sequence[Entitled], read: computing.Ground | None, takes: Iterable[Take] = ()
) -> dict[int, Flow]:
    """The flow of every institution's share, less what is taken of it, by its id; nothing where the pool
    ends at institutions.

    Raises PayRefused, with the names of the places it is about.
    """
    if read is None:
        return {}
    assert pool.rule is not None, "a pool that flows on has a rule"
    rule = pool.rule.rule()
    amounts = sheets.amounts(pool.entitlement) if pool.entitlement is not None else {}
    less, found = taking.sums(takes)[0], dict[int, Flow]()
    for one in shares:
        place = one.institution
        if fen := one.share.fen - less.get(place.pk, 0):
            by_name = amounts.get(place.pk, computing.BY_RULE)
            try:
                found[place.pk] = read.named(place.pk, place.code, fen, by_name, rule)
            except PayRefused as refused:
                raise _told(refused, place, read.people) from None
    return found


def _told(refused: PayRefused, place: Institution, people: computing.People) -> PayRefused:
    """The same refusal with the institution, or its department, and groups of staff by their names."""
    said = dict(refused.params)
    if "parent" in said:
        unit = people.units.get(str(said["parent"]))
        name = Department.objects.get(pk=unit).name if unit is not None else ""
        said["parent"] = f"{place.short_name} {name}".strip()
    groups = said.get("groups")
    if isinstance(groups, tuple):
        said["groups"] = "、".join(str(PayPot.Group(one).label) for one in groups)
    return PayRefused(refused.reason, **said)


def digest_of(
    pool: PayPool, shares: Sequence[Entitled], found: Mapping[int, Flow], read: computing.Ground | None,
    takes: Iterable[Take],
) -> str:  # fmt: skip
    """Names exactly this money, its shares, its pots with their people and what is taken of them."""
    rule = pool.rule.digest if pool.rule else ""
    pots = {
        one.institution.code: [
            [pot.unit, pot.group, pot.fen, read.people.said(pot)]
            for pot in found[one.institution.pk].pots
        ]
        for one in shares if read is not None and one.institution.pk in found
    }  # fmt: skip
    less = [said] if (said := taking.said(takes)) else []
    return digest([pool.kind, pool.month, pool.fen, rule, [one.share for one in shares], pots, *less])


def _columns(share: Share) -> dict[str, Any]:
    return {
        "fen": share.fen, "factors": to_plain(share.factors), "quota": share.quota,
        "remainder_rank": share.remainder_rank, "got_extra_fen": share.got_extra_fen,
    }  # fmt: skip


def _groups(made: Flow | None) -> list[dict[str, Any]]:
    """The steps between the institution and its pots as plain data: teams first, groups of staff."""
    steps_above = [] if made is None else [step for step in made.steps if step.level in ("part", "group")]
    return [
        {
            "level": step.level, "of": step.parent, "fen": step.fen, "weight": str(decimal(step)),
            "shares": [
                {"code": share.code, **_columns(share), "quota": str(share.quota)} for share in step.shares
            ],
        }
        for step in steps_above
    ]  # fmt: skip


def decimal(step: Step) -> Decimal:
    """The sum of the weights; a product of decimals ends within twelve places."""
    return half_up(step.weight, WEIGHT_PLACES)


# A pot as it is written: every column but those that have a default of the machine's.
COLUMNS = [
    "pool_id", "share_id", "institution_id", "department_id", "team_id", "group", "people", "above_fen",
    "taken_fen",
    "state", "version", "fen", "factors", "weight_sum", "quota", "remainder_rank", "got_extra_fen",
]  # fmt: skip


def _pots(
    pool: PayPool,
    share: PayShare,
    read: computing.Ground | None,
    found: Flow,
    taken: Mapping[tuple[int, str], int],
) -> Iterable[tuple[object, ...]]:
    """The rows of COLUMNS: thousands a pool, so they go by COPY."""
    assert read is not None, "there are pots only where people were read"
    steps_of = {step.level.partition(":")[2]: step for step in found.steps if ":" in step.level}
    got = {(group, one.code): one for group, step in steps_of.items() for one in step.shares}
    sums = {group: decimal(step) for group, step in steps_of.items()}
    for pot in found.pots:
        one, team = got[pot.group, pot.unit], pot.group == "team"
        unit = None if team else read.people.units[pot.unit]
        less = taken.get((unit, pot.group), 0) if unit else 0
        yield (
            pool.pk, share.pk, share.institution_id, unit,
            read.people.teams[pot.unit] if team else None, pot.group,
            read.people.said(pot),
            steps_of[pot.group].fen, less, PayPot.State.OPEN.value, 1, one.fen - less,
            Jsonb(to_plain(one.factors)),
            sums[pot.group], one.quota, one.remainder_rank, one.got_extra_fen,
        )  # fmt: skip
