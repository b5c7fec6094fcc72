"""October of Qinghe computed, posted and paid down to a person; its bundle as bytes, and taken apart."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from alliance.lib.canonical import canonical
from alliance.services.files import Upload
from performance.bundle import Verified, verify
from performance.bundle.archive import MANIFEST, Writer
from performance.models import PayPool, PayPot
from performance.pay.services import entering, making, pots
from performance.services import exporting
from tests.performance import pay_scene
from tests.performance.pay_scene import AFTER, NOW, agreed, fresh, plan_of, rule
from tests.performance.scene import OCTOBER, compute, inside, post
from tests.world import World


def paid_month(world: World, before_bonus: Callable[[], object] = lambda: None) -> None:
    """Scores, shares, a bonus pool, an award from a source account, one pot paid, one with a plan."""
    post(world, compute(world))
    with inside(world):
        pay_scene.roster(world)
        pay_scene.tcm_people(world)
        for place in (world.lead, world.tcm, world.shiqiao):
            row = entering.enter_total(
                by=world.luo,
                institution=place,
                year=2026,
                fen=100_000_000,
                document="绩效总量〔2026〕1号",
                now=NOW,
            )
            entering.confirm(by=world.cai, row=row, now=NOW)
        rule(world, "bonus")
        rule(world, "award")
        before_bonus()
        pay_scene.posted_bonus(world)
        agreed(world, _award(world))
        with_lines(world)


def with_lines(world: World) -> None:
    """The doctors of the lead hospital are paid by points of their own."""
    pot = doctors_of_bonus(world)
    pot = fresh(pots.write(by=world.wu, pot=pot, agreed=plan_of(pot, 7, 5, 3, 3), now=NOW))
    pot = fresh(pots.show(by=world.wu, pot=pot, now=NOW))
    pot = fresh(pots.submit(by=world.wu, pot=pot, now=AFTER))
    pots.post(by=world.luo, pot=pot, now=AFTER)


def doctors_of_bonus(world: World) -> Any:
    found = PayPot.objects.named()
    return found.get(institution=world.lead, group="doctor", pool__kind="bonus")


def _award(world: World) -> PayPool:
    fund = entering.open_fund(by=world.luo, code="kept", name="结余留用", source="retained", now=NOW)
    fed = entering.enter_fund(
        by=world.luo, fund=fund, day=date(2026, 10, 9), fen=1_000_000, document="理事会〔2026〕7号",
        body="理事会", scan=Upload("x.pdf", [b"%PDF-1.4"], "application/pdf", 99), now=NOW,
    )  # fmt: skip
    entering.confirm_fund(by=world.cai, row=fed, now=NOW)
    return making.make_from_fund(
        by=world.luo, month=OCTOBER, kind="award", fund=fund, fen=100_003, name="协同奖",
        document="理事会〔2026〕7号",
        institutions=[world.lead.pk, world.shiqiao.pk], now=NOW,
    )  # fmt: skip


def bundle_of(world: World) -> bytes:
    """The file as the office downloads it."""
    from performance.services import months

    out = io.BytesIO()
    with inside(world):
        run = months.current(OCTOBER)
        assert run is not None
        exporting.export(by=world.cai, run=run, out=out, now=timezone.now())
    return out.getvalue()


def verified(content: bytes, folder: Path) -> Verified:
    """What an auditor finds in the file."""
    file = folder / "month.zip"
    file.write_bytes(content)
    return verify(file)


def members(content: bytes) -> dict[str, bytes]:
    """Every member by name, the manifest last."""
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        return {name: held.read(name) for name in held.namelist()}


def put_together(held: dict[str, bytes]) -> bytes:
    """A file as somebody would make it who knows the format: every digest and the seal fit."""
    out, manifest = io.BytesIO(), json.loads(held[MANIFEST])
    head = {key: value for key, value in manifest.items() if key not in ("kind", "format", "members")}
    writer = Writer(out, head)
    for name, content in held.items():
        if name != MANIFEST:
            writer.raw(name, content)
    writer.close()
    return out.getvalue()


def changed(content: bytes, name: str, change: Callable[[Any], None], line: int | None = None) -> bytes:
    """The bundle with one value of a member changed, all digests mended."""
    held = members(content)
    if line is None:
        value = json.loads(held[name])
        change(value)
        held[name] = canonical(value)
    else:
        rows = held[name].splitlines()
        row = json.loads(rows[line])
        change(row)
        rows[line] = canonical(row)
        held[name] = b"".join(one + b"\n" for one in rows)
    return put_together(held)


def rows(content: bytes, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in members(content)[name].splitlines()]


def digest(content: bytes) -> str:
    return hashlib.sha256(members(content)[MANIFEST]).hexdigest()
