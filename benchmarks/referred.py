"""An alliance of fourteen institutions with referrals of two years, a few hundred of them alive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from benchmarks import cloning
from benchmarks.asking import FLOOR, Page

TOWNSHIPS, PERSONS = 12, 60_000
DAYS, QUIET_DAYS = 730, 20
# Of a thousand referrals that ended: the state they ended in. The live ones are as many at any size.
ENDED = {
    "closed": 620, "closed_down": 220, "declined": 70, "cancelled": 40, "no_show": 30, "untreated": 20,
}  # fmt: skip
LIVE = {
    "submitted": 120, "urgent": 40, "critical": 4, "returned": 20, "accepted": 90, "scheduled": 60,
    "arrived": 60, "in_treatment": 120, "completed": 60, "followup_due": 200,
}  # fmt: skip


def stage(size: int) -> Mapping[str, Page]:
    """The pages of referrals, as a doctor of the receiving hospital and the alliance's office ask them."""
    from django.db import transaction
    from django.utils import timezone

    from alliance.tenancy.scope import act_in
    from tests.referrals import scene
    from tests.world import make_world

    world = make_world()
    now = timezone.now()
    with transaction.atomic(), act_in(world.qinghe):
        scene.prepare(world)
        places = _places(world)
        models = _models(world, now)
        persons = _persons(world, size)
    # The plans that prove keys were made when the table was empty: they are made anew.
    cloning.analyze(("alliance_person",))
    with cloning.untriggered("referrals_referral"), transaction.atomic(), act_in(world.qinghe):
        for name, row in models.items():
            count = LIVE[name] if name in LIVE else size * ENDED[name] // sum(ENDED.values())
            _copies(row, name, count, places, persons)
    cloning.analyze(("referrals_referral", "alliance_person"))
    return _pages(world, now)


def _places(world: Any) -> list[int]:
    from tests.world import place

    return [place(f"QH{40 + n}", f"第{n}卫生院", "primary", "township").pk for n in range(TOWNSHIPS)]


def _persons(world: Any, size: int) -> tuple[int, int]:
    """Persons for the referrals: the number of the first, and how many."""
    from alliance.models import Person
    from tests.referrals.scene import patient

    one, count = patient(world.zhao, 99), min(PERSONS, 5_000 + size // 3)
    before = Person.objects.order_by("-pk").values_list("pk", flat=True)[0]
    keys = {"key": "md5(n::text) || md5('p' || n)", "name_key": "md5('name' || n)"}
    cloning.clone(one, count, keys)
    found = Person.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)
    assert len(found) == count
    return int(found[0]), count


def _models(world: Any, now: datetime) -> dict[str, Any]:
    """One referral of every kind, made by the services."""
    from referrals import services
    from referrals.models import Referral
    from referrals.services import emergency
    from tests.referrals.scene import logged

    begun, made, serial = now - timedelta(hours=3), {}, iter(range(90))

    def new(way: str = "up", **change: Any) -> Any:
        down = {
            "by": "lin", "target": "shiqiao", "direction": "down", "reason": "stable", "urgency": "ordinary",
        }  # fmt: skip
        return logged(world, serial=next(serial), now=begun, **({} if way == "up" else down) | change)

    def at(minutes: int) -> datetime:
        return begun + timedelta(minutes=minutes)

    def came(way: str = "up") -> Any:
        receiver = world.lin if way == "up" else world.zhao
        row = services.accept(by=receiver, referral=new(way), now=at(10))
        return services.arrive(by=receiver, referral=row, now=at(60))

    def finished() -> Any:
        row = services.treat(by=world.lin, referral=came(), now=at(70))
        return services.complete(by=world.lin, referral=row, now=at(80), reply="好转出院")

    made["submitted"], made["urgent"] = new(urgency="ordinary"), new()
    call = emergency.Call(suspected="stroke", target=world.lead)
    made["critical"] = emergency.send(by=world.zhao, call=call, now=now - timedelta(minutes=2))
    made["returned"] = services.ask(by=world.lin, referral=new(), now=at(5), question="缺心电图")
    made["accepted"] = services.accept(by=world.lin, referral=new(), now=at(10))
    made["scheduled"] = services.schedule(
        by=world.lin, referral=services.accept(by=world.lin, referral=new(), now=at(10)), now=at(11),
        planned_at=now + timedelta(days=1),
    )  # fmt: skip
    made["arrived"] = came()
    made["in_treatment"] = services.treat(by=world.lin, referral=came(), now=at(70))
    made["completed"] = finished()
    made["closed"] = services.close(by=world.zhao, referral=finished(), now=at(90))
    made["closed_down"] = services.follow_up(
        by=world.zhao, referral=came("down"), now=at(100), visit=_visit(at(95))
    )
    made["declined"] = services.decline(by=world.lin, referral=new(), now=at(9), reason="no_bed")
    made["cancelled"] = services.cancel(by=world.zhao, referral=new(), now=at(9), note="自行前往")
    gone = services.accept(by=world.lin, referral=new(), now=at(10))
    made["no_show"] = services.no_show(by=world.lin, referral=gone, now=at(120))
    made["untreated"] = services.complete(
        by=world.lin, referral=came(), now=at(80), reply="未收治", treated=False
    )
    made["followup_due"] = came("down")
    return {name: Referral.objects.get(pk=row.pk) for name, row in made.items()}


def _visit(at: datetime) -> Any:
    from referrals.services import Visit

    return Visit(
        seen_at=at, seen_by="赵敏学", way="home", rehabilitation="done", medication="done",
        complications="done", condition="stable",
    )  # fmt: skip


def _copies(row: Any, name: str, count: int, places: list[int], persons: tuple[int, int]) -> None:
    """Copies of one row: live ones of today with a person each, ended ones over two years."""
    first, known = persons
    if name in LIVE:
        before = list(LIVE.values())[: list(LIVE).index(name)]
        shift, person = "mod(n, 150)", f"{first} + {sum(before)} + n"
    else:
        shift = f"{QUIET_DAYS * 1440} + mod(n::bigint * 7919, {(DAYS - QUIET_DAYS) * 1440})"
        person = f"{first} + mod(n::bigint * 104729, {known})"
    change = {
        field.column: f"t.{field.column} - interval '1 minute' * ({shift})"
        for field in row._meta.concrete_fields
        if field.get_internal_type() == "DateTimeField"
    }
    side = "origin_institution_id" if row.direction == "up" else "target_institution_id"
    change |= {
        "number": f"'{name[:3].upper()}{len(name)}' || lpad(n::text, 8, '0')",
        "person_id": "t.person_id" if row.person_id is None else person,
        "diagnosis_code": "(array['I50.900','J18.900','I63.900','E11.900','K35.800'])[1 + mod(n, 5)]",
        side: f"(array{places})[1 + mod(n, {len(places)})]",
    }
    cloning.clone(row, count, change)


def _pages(world: Any, now: datetime) -> dict[str, Page]:
    from django.db import transaction

    from alliance.tenancy.scope import act_in
    from referrals.services import board

    doctor, office = (world.client(name, HTTP_HOST="127.0.0.1") for name in ("lin", "luo"))
    base, month = "/a/qinghe/referrals", f"{now - timedelta(days=45):%Y-%m}"
    found = {FLOOR: Page("/me/", doctor)}
    for who, client in (("doctor", doctor), ("office", office)):
        for what, address in (
            ("waiting", "/"), ("sent", "/?view=sent"), ("late", "/?view=late"), ("all", "/?view=all"),
            ("all, page 200", "/?view=all&page=200"), ("by direction", "/?view=all&direction=down"),
            ("by urgency", "/?view=all&urgency=critical"), ("by state", "/?view=all&state=declined"),
            ("by institution", f"/?view=all&place={world.shiqiao.pk}"),
            ("by number", "/?view=all&q=CLO600000100"), ("by whole name", "/?view=all&q=龚建良"),
            ("board", f"/board/?month={month}"),
        ):  # fmt: skip
            if not (who == "office" and what == "sent"):
                found[f"{what} · {who}"] = Page(f"{base}{address}", client)
        with transaction.atomic(), act_in(world.qinghe):
            seen = board.state_of(world.people["lin" if who == "doctor" else "luo"], now)
        found[f"has anything changed · {who}"] = Page(f"{base}/", client, {"X-Seen": seen}, status=204)
        found[f"rates and ineffective ones · {who}"] = Page(f"{base}/rates/?month={month}", client)
        found[f"found in case files · {who}"] = Page(f"{base}/captured/?month={month}", client)
    return found
