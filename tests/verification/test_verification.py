"""Verification opinions: a sample by a seed, every record looked at, an opinion signed for good."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection

from alliance.roles import roles
from performance.verification import services
from performance.verification.models import Opinion, VerifiedItem
from performance.verification.refusals import VerificationRefused
from tests.performance.scene import OCTOBER, deliver, inside
from tests.world import World, member

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
A = "/a/qinghe/verification/"


@pytest.fixture
def town(world: World) -> World:
    """Twelve cases of the lead hospital, and an evaluator from outside."""
    from tests.performance.scene import adopt

    adopt(world)
    deliver(world, OCTOBER, "lead", "lin", 12)
    with inside(world):
        world.people["shi"] = member("shi", "史评估", None, "third_party_evaluator")
    return world


def drawn(world: World, **more: Any) -> Opinion:
    given = {"by": world.shi, "institution": world.lead, "month": OCTOBER, "size": 3, **more}
    return services.draw(now=NOW, **given)


def looked(row: Opinion, by: Any, found: str = "confirmed") -> None:
    for one in row.items.select_related("opinion__institution"):
        services.look(by=by, item=one, found=found, note="核对病历原件", now=NOW)


def test_anybody_can_draw_the_sample_again(town: World) -> None:
    with inside(town):
        row = drawn(town, seed="s")
        numbers = [one.record_no for one in row.items.all()]
        assert (row.size, row.population, len(set(numbers))) == (3, 12, 3)
        with pytest.raises(VerificationRefused, match="already"):
            drawn(town)
        with pytest.raises(VerificationRefused, match="no case"):
            drawn(town, institution=town.tcm)
        with pytest.raises(VerificationRefused, match="at most"):
            drawn(town, size=0)
        with pytest.raises(PermissionDenied):
            drawn(town, by=town.luo)


def test_an_opinion_is_signed_when_every_record_was_looked_at(town: World) -> None:
    with inside(town):
        row = drawn(town)
        said = {"by": town.shi, "opinion": row, "text": "抽样核对病历", "now": NOW}
        with pytest.raises(VerificationRefused, match="3 records"):
            services.sign(verdict="true", **said)
        with pytest.raises(VerificationRefused, match="what was seen"):
            services.look(by=town.shi, item=row.items.first(), found="differs", now=NOW)
        looked(row, town.shi)
        one = row.items.select_related("opinion__institution").first()
        assert one is not None
        services.look(by=town.shi, item=one, found="differs", note="费用不符", now=NOW)
        with pytest.raises(VerificationRefused, match="differ"):
            services.sign(verdict="true", **said)
        assert not Opinion.objects.seen_by(town.kong).exists()
        signed = services.sign(verdict="partly", **said)
        assert signed.digest and Opinion.objects.seen_by(town.kong).get() == row
        assert not Opinion.objects.seen_by(town.tan).exists()
        with pytest.raises(VerificationRefused, match="signed"):
            services.look(by=town.shi, item=VerifiedItem.objects.first(), found="confirmed", now=NOW)


def test_the_database_refuses_what_must_never_happen(town: World) -> None:
    with inside(town):
        row = drawn(town)
    unsigned = (
        "update verification_opinion set signed_at = now(), verdict = 'true', text = 'x', digest = 'x'",
        "update verification_opinion set seed = 'x'",
        "update verification_verifieditem set record_no = 'x'",
        "delete from verification_verifieditem",
        "delete from verification_opinion",
    )
    with inside(town):
        Opinion.objects.get()
    for statement in unsigned:
        with pytest.raises(DatabaseError), inside(town), connection.cursor() as cursor:
            cursor.execute(statement)
            pytest.fail(statement)
    with inside(town):
        looked(row, town.shi)
        services.sign(by=town.shi, opinion=row, verdict="true", text="属实", now=NOW)
    for statement in ("update verification_opinion set text = 'x'",
                      "update verification_verifieditem set found = 'differs', note = 'x'"):  # fmt: skip
        with pytest.raises(DatabaseError), inside(town), connection.cursor() as cursor:
            cursor.execute(statement)
            pytest.fail(statement)
    with pytest.raises(DatabaseError, match="no institution"), inside(town):
        Opinion.objects.create(
            month=OCTOBER.first_day, institution=town.lead, seed="x", size=1, population=1,
            drawn_by=town.kong, drawn_at=NOW,
        )  # fmt: skip


def test_an_evaluator_changes_nothing_else() -> None:
    may = {one for one in roles()["third_party_evaluator"].may if not one.endswith(".view")}
    assert may == {"onsite.inspect", "verification.give"}
    # An auditor may as well: neither belongs to an institution, which the database holds.
    assert [code for code, one in roles().items() if "verification.give" in one.may] == [
        "auditor", "third_party_evaluator",
    ]  # fmt: skip


def test_pages(town: World) -> None:
    client = town.client("shi")
    body = {"month": "2026-10", "institution": town.lead.pk, "size": 2}
    with inside(town):
        row = drawn(town, size=2)
    assert client.post(f"{A}draw/", body).status_code == 400  # no month has a result
    url = f"{A}{row.pk}/"
    assert town.client("kong").get(url).status_code == 404
    with inside(town):
        items = list(row.items.values_list("pk", flat=True))
    refused = client.post(f"{url}act/look/?item={items[0]}", {"found": "differs", "note": ""})
    assert refused.status_code == 400
    for pk in items:
        assert client.post(f"{url}act/look/?item={pk}", {"found": "confirmed"}).status_code == 302
    assert town.client("luo").post(f"{url}act/sign/", {}).status_code == 403
    assert client.post(f"{url}act/sign/", {"verdict": "true", "text": "属实"}).status_code == 302
    assert "属实" in town.client("kong").get(url).content.decode()
    assert client.get(A).status_code == 200
