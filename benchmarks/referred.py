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


class _Making:
    """Referrals made by the services, three hours ago, each of another patient."""

    def __init__(self, world: Any, now: datetime) -> None:
        self.world, self.now, self.begun = world, now, now - timedelta(hours=3)
        self.serial = iter(range(90))

    def at(self, minutes: int) -> datetime:
        return self.begun + timedelta(minutes=minutes)

    def new(self, way: str = "up", **change: Any) -> Any:
        from tests.referrals.scene import logged

        down = {
            "by": "lin", "target": "shiqiao", "direction": "down", "reason": "stable", "urgency": "ordinary",
        }  # fmt: skip
        fields = ({} if way == "up" else down) | change
        return logged(self.world, serial=next(self.serial), now=self.begun, **fields)

    def step(self, name: str, referral: Any, minutes: int, **said: Any) -> Any:
        """A step of the county hospital."""
        from referrals import services

        deed = getattr(services, name)
        return deed(by=self.world.lin, referral=referral, now=self.at(minutes), **said)

    def accepted(self) -> Any:
        return self.step("accept", self.new(), 10)

    def came(self, way: str = "up") -> Any:
        from referrals import services

        receiver = self.world.lin if way == "up" else self.world.zhao
        row = services.accept(by=receiver, referral=self.new(way), now=self.at(10))
        return services.arrive(by=receiver, referral=row, now=self.at(60))

    def finished(self) -> Any:
        return self.step("complete", self.step("treat", self.came(), 70), 80, reply="好转出院")


def _models(world: Any, now: datetime) -> dict[str, Any]:
    """One referral of every kind, made by the services."""
    from referrals.models import Referral

    make = _Making(world, now)
    made = _under_way(make) | _over(make)
    return {name: Referral.objects.get(pk=row.pk) for name, row in made.items()}


def _under_way(make: _Making) -> dict[str, Any]:
    """Those somebody still waits for."""
    from referrals.services import emergency

    call, now = emergency.Call(suspected="stroke", target=make.world.lead), make.now
    return {
        "submitted": make.new(urgency="ordinary"),
        "urgent": make.new(),
        "critical": emergency.send(by=make.world.zhao, call=call, now=now - timedelta(minutes=2)),
        "returned": make.step("ask", make.new(), 5, question="缺心电图"),
        "accepted": make.accepted(),
        "scheduled": make.step("schedule", make.accepted(), 11, planned_at=now + timedelta(days=1)),
        "arrived": make.came(),
        "in_treatment": make.step("treat", make.came(), 70),
        "followup_due": make.came("down"),
    }


def _over(make: _Making) -> dict[str, Any]:
    """Those that came to an end, well or not."""
    from referrals import services

    world, at = make.world, make.at
    return {
        "completed": make.finished(),
        "closed": services.close(by=world.zhao, referral=make.finished(), now=at(90)),
        "closed_down": services.follow_up(
            by=world.zhao, referral=make.came("down"), now=at(100), visit=_visit(at(95))
        ),
        "declined": make.step("decline", make.new(), 9, reason="no_bed"),
        "cancelled": services.cancel(by=world.zhao, referral=make.new(), now=at(9), note="自行前往"),
        "no_show": make.step("no_show", make.accepted(), 120),
        "untreated": make.step("complete", make.came(), 80, reply="未收治", treated=False),
    }


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
