"""No retake, however many send at once: real commits and threads."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection, transaction

from alliance.tenancy.scope import act_in
from complaints.surveys import services, sql
from complaints.surveys.models import Campaign
from complaints.surveys.services import LinkRefused
from tests.surveys.scene import NOW, filled, inside, link_of, opened, prepare
from tests.world import make_world

THREADS = 8


def test_eight_at_once_with_one_link_leave_one_answer(own_database: str) -> None:
    world = make_world()
    prepare(world)
    with inside(world):
        made = opened(world, "outpatient", [world.lead], handed=3)
        link, given = link_of(made, made.tickets.first()), filled(made.edition)
    together = Barrier(THREADS)

    def send(_number: int) -> str:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                together.wait(20)
                services.answer_by_link(typed=link, given=given, now=NOW)
                return "taken"
        except LinkRefused as refused:
            return refused.reason
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        assert Counter(pool.map(send, range(THREADS))) == {"taken": 1, "spent": THREADS - 1}
    with inside(world):
        campaign = Campaign.objects.get()
        with sql.counting(campaign.pk):
            assert len(sql.answers(campaign.pk)) == campaign.tickets.filter(spent=True).count() == 1


def test_after_counting_no_transaction_leads_from_a_ticket_to_an_answer(
    own_database: str,
) -> None:
    world = make_world()
    prepare(world)
    with inside(world):
        made = opened(world, "outpatient", [world.lead], handed=6)
        links = [link_of(made, one) for one in made.tickets.all()]
    for link in links:
        with inside(world):
            services.answer_by_link(typed=link, given=filled(made.edition), now=NOW)
    assert numbers(world, made.pk, "surveys_ticket") == 6, "the way is there while it runs"
    with inside(world):
        services.close(by=world.luo, campaign=made, now=NOW)
    assert numbers(world, made.pk, "surveys_ticket") == 1, "one statement wrote them all"


def numbers(world: object, campaign: int, table: str) -> int:
    """How many transactions wrote the rows of a table."""
    with inside(world), connection.cursor() as cursor:  # type: ignore[arg-type]
        cursor.execute(
            f"select count(distinct xmin::text) from {table} where campaign_id = %s",
            [campaign],
        )
        return int(cursor.fetchone()[0])
