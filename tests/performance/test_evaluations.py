"""Back to back: nobody reads another's rating, nobody rates himself, too few raters show no result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from alliance.models import Institution, Membership, Parameter
from alliance.tenancy.scope import act_as
from alliance.tenancy.walls import faults
from performance import collect
from performance.engine.evaluators import opinion
from performance.evaluations import services
from performance.evaluations.services import EvaluationRefused, Terms
from performance.models import EvaluationRound, Invitation, Opinion, Rating
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member, place

TODAY = timezone.localdate()
TERMS = Terms("十月互评", "peer_review", OCTOBER, TODAY, TODAY)


def towns(world: World, count: int) -> list[Membership]:
    """Heads of so many more townships."""
    made = []
    for number in range(count):
        town = place(f"QH2{number}", f"第{number}卫生院", "primary", "township")
        name = f"head{number}"
        world.people[name] = member(name, f"院长{number}", town, "institution_head")
        made.append(world.people[name])
    return made


def opened(world: World, raters: Sequence[Membership], subjects: Sequence[Institution]) -> EvaluationRound:
    return services.open_round(by=world.luo, terms=TERMS, raters={"peer": raters}, subjects=subjects)


def give(by: Membership, made: EvaluationRound, *points: int) -> None:
    rows = services.mine(by, made)
    given = {row.pk: Decimal(mark) for row, mark in zip(rows, points, strict=True)}
    services.rate(by=by, made=made, points=given, today=TODAY, now=timezone.now())


def test_members_rate_each_other_back_to_back(world: World) -> None:
    with inside(world):
        heads = towns(world, 4)
        places = [head.institution for head in heads] + [world.lead]
        made = opened(world, heads, places)
        assert made.invitations.count() == 4 * 4  # never the own one
        for head, mark in zip(heads, (60, 70, 80, 90), strict=True):
            give(head, made, *[mark] * 4)
    with inside(world):
        # Neither the office nor another rater reads a single rating; each reads his own.
        assert Rating.objects.count() == 0
        with act_as(world.luo.user):
            assert Rating.objects.count() == 0
        assert sorted(services.given(heads[1], made).values()) == [70] * 4
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from performance_rating")
            assert cursor.fetchone() == (0,)
        closed = services.close(by=world.luo, made=made, today=TODAY, now=timezone.now())
        with pytest.raises(EvaluationRefused):
            services.close(by=world.luo, made=closed, today=TODAY, now=timezone.now())
        assert Rating.objects.count() == 0  # counting left nothing open
        lead = Opinion.objects.get(round=made, subject=world.lead)
        wanted = opinion("peer", [Decimal(mark) for mark in (60, 70, 80, 90)], 3)
        assert (lead.n, lead.mean, lead.spread) == (wanted.n, wanted.mean, wanted.spread)
        first = Opinion.objects.get(round=made, subject=heads[0].institution)
        assert (first.n, first.mean) == (3, Decimal("80.0000"))
        # The result is a fact of the month with its number of raters.
        keys = frozenset({"peer_points", "peer_ratings"})
        found = {
            (one.institution, one.key): (one.value, one.evidence_count)
            for one in collect.facts_of({OCTOBER: keys}, [world.lead])
        }
        assert found == {("QH01", "peer_points"): (Decimal("300"), 4), ("QH01", "peer_ratings"): (4, 4)}


def test_two_raters_show_no_result_and_give_no_fact(world: World) -> None:
    with inside(world):
        heads = towns(world, 2)
        made = opened(world, heads, [world.lead])
        for head in heads:
            give(head, made, 75)
        services.close(by=world.luo, made=made, today=TODAY, now=timezone.now())
        lead = Opinion.objects.get(round=made)
        assert (lead.n, lead.mean, lead.spread) == (2, None, None)
        keys = frozenset({"peer_points", "peer_ratings"})
        assert list(collect.facts_of({OCTOBER: keys}, [world.lead])) == []
        other = opened_again(world, heads)
        with pytest.raises(IntegrityError), transaction.atomic():  # the database itself refuses a mean of two
            Opinion.objects.create(
                round=other, subject=world.lead, kind="peer", n=2, least=3, mean=Decimal(75),
                spread=Decimal(0),
            )  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():  # nor does a lower limit let it stand
            Opinion.objects.create(
                round=other, subject=world.lead, kind="peer", n=2, least=2, mean=Decimal(75),
                spread=Decimal(0),
            )  # fmt: skip
        lowered = replace(TERMS, month=OCTOBER.plus(2))
        two = {"key": "peer_review.raters_min", "from_date": lowered.month.first_day}
        Parameter.objects.create(**two, value=2, decided_by="理事会", source="试")
        made = services.open_round(by=world.luo, terms=lowered, raters={"peer": heads}, subjects=[world.lead])
        assert made.least == 3  # a council that lowers the parameter does not lower anonymity
        with pytest.raises(IntegrityError), transaction.atomic():
            EvaluationRound.objects.filter(pk=made.pk).update(least=2)
    page = world.client("luo").get(f"/a/qinghe/evaluations/{made.pk}/").content.decode()
    assert "75.00" not in page


def opened_again(world: World, heads: Sequence[Membership]) -> EvaluationRound:
    terms = replace(TERMS, month=OCTOBER.plus(1))
    return services.open_round(by=world.luo, terms=terms, raters={"peer": heads}, subjects=[world.lead])


def test_what_the_database_refuses(world: World) -> None:
    with inside(world):
        heads = towns(world, 3)
        made = opened(world, heads, [world.lead])
        own = Invitation(round=made, kind="peer", rater=heads[0], subject=heads[0].institution)
        with pytest.raises(IntegrityError), transaction.atomic():  # nobody rates himself
            own.save()
        asked = Invitation.objects.get(round=made, rater=heads[0])
        row = {"invitation": asked, "round": made, "subject": world.lead, "kind": "peer"}
        for user in (world.luo.user, heads[1].user):  # nobody rates in another's name
            with pytest.raises(DatabaseError), transaction.atomic(), act_as(user):
                Rating.objects.create(**row, rater_user=heads[0].user, points=Decimal(10))
        give(heads[0], made, 90)
        with pytest.raises(DatabaseError), transaction.atomic(), act_as(heads[0].user):
            Rating.objects.filter(round=made).update(points=Decimal(1))
        with pytest.raises(EvaluationRefused) as refused:
            give(heads[0], made, 10)
        assert refused.value.reason == "given"
        assert [one for one in faults() if "rating" in one] == []


def test_who_may_open_rate_and_count(world: World) -> None:
    with inside(world):
        heads = towns(world, 1)
        with pytest.raises(PermissionDenied):
            services.open_round(by=world.lin, terms=TERMS, raters={"peer": heads}, subjects=[world.lead])
        for change, reason in (
            ({"indicator": "cmi"}, "indicator"), ({"closes_on": TODAY - timedelta(days=1)}, "days"),
        ):  # fmt: skip
            with pytest.raises(EvaluationRefused) as refused:
                services.open_round(
                    by=world.luo, terms=replace(TERMS, **change), raters={"peer": heads},
                    subjects=[world.lead],
                )  # fmt: skip
            assert refused.value.reason == reason
        made = opened(world, heads, [world.lead])
        with pytest.raises(EvaluationRefused):  # one a month and indicator
            opened(world, heads, [world.lead])
        with pytest.raises(EvaluationRefused):  # still open, and one has not rated
            services.close(by=world.luo, made=made, today=TODAY, now=timezone.now())
        asked = services.mine(heads[0], made).get()
        with pytest.raises(PermissionDenied):
            services.rate(
                by=world.lin, made=made, points={asked.pk: Decimal(5)}, today=TODAY, now=timezone.now()
            )
        with pytest.raises(EvaluationRefused):
            services.rate(
                by=heads[0], made=made, points={asked.pk: Decimal(5)}, today=TODAY + timedelta(days=1),
                now=timezone.now(),
            )  # fmt: skip


def test_the_pages_of_a_round(world: World) -> None:
    with inside(world):
        heads = towns(world, 3)
    office = world.client("luo")
    form = {
        "name": "十月互评", "indicator": "peer_review", "month": "2026-10", "opens_on": str(TODAY),
        "closes_on": str(TODAY), "subjects": [world.lead.pk], "raters_peer": [head.pk for head in heads],
    }  # fmt: skip
    faulty = office.post("/a/qinghe/evaluations/open/", {**form, "closes_on": str(date(2020, 1, 1))})
    assert faulty.status_code == 400 and "十月互评" in faulty.content.decode()
    made = office.post("/a/qinghe/evaluations/open/", form)
    assert made.status_code == 302
    at = made["Location"]
    for number, head in enumerate(heads):
        client = world.client(f"head{number}")
        assert "十月互评" in client.get("/a/qinghe/").content.decode()
        page = client.get(f"{at}sheet/").content.decode()
        assert "清河县人民医院" in page
        with inside(world):
            asked = Invitation.objects.get(rater=head)
        wrong = client.post(f"{at}sheet/", {f"points_{asked.pk}": "101"})
        assert wrong.status_code == 400 and 'value="101"' in wrong.content.decode()
        assert client.post(f"{at}sheet/", {f"points_{asked.pk}": 70 + number}).status_code == 302
        assert "十月互评" not in client.get("/a/qinghe/").content.decode()
        assert f"{70 + number}.00" in client.get(f"{at}sheet/").content.decode()
        again = client.post(f"{at}sheet/", {f"points_{asked.pk}": "1"})
        assert again.status_code == 400 and "已评分" in again.content.decode()
    assert "71.00" not in office.get(at).content.decode()
    assert office.post(f"{at}close/").status_code == 302
    assert "71.00" in office.get(at).content.decode()  # the mean, now that three have rated
    assert "71.00" in world.client("kong").get(at).content.decode()  # of his own institution
    assert "71.00" not in world.client("head0").get(at).content.decode()
    assert world.client("lin").get(f"{at}sheet/").status_code == 404


def test_the_office_is_no_third_party_and_peers_are_not_own_staff(world: World) -> None:
    with inside(world):
        with pytest.raises(EvaluationRefused) as own:
            services.open_round(
                by=world.luo, terms=replace(TERMS, indicator=services.PEERS),
                raters={"internal": [world.lin]}, subjects=[world.lead],
            )  # fmt: skip
        assert own.value.reason == "own"
        for kind, role in services.OUTSIDE.items():
            with pytest.raises(EvaluationRefused) as refused:
                services.open_round(
                    by=world.luo, terms=TERMS, raters={kind: [world.luo]}, subjects=[world.lead]
                )
            assert refused.value.reason == "role"
            outside = member(f"outside_{kind}", "外部评价人", None, role)
            terms = replace(TERMS, month=TERMS.month.plus(-list(services.OUTSIDE).index(kind)))
            assert (
                services.open_round(
                    by=world.luo, terms=terms, raters={kind: [outside]}, subjects=[world.lead]
                )
                .invitations.get()
                .rater
                == outside
            )
