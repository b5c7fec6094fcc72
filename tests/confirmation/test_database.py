"""What must never happen is refused by the database, and what both sides do at once ends well."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.confirmation import facts, services
from alliance.confirmation.models import (
    Agreement,
    Difference,
    Line,
    Picture,
    Reopening,
    Round,
    Statement,
)
from alliance.confirmation.standing import SIDES, State, Word, standings
from alliance.models.base import Stale
from alliance.tenancy.scope import act_in
from tests.confirmation.scene import (
    AFTER,
    NOW,
    OCTOBER,
    confirm,
    line,
    object_to,
    objection,
    opened,
    prepare,
    seen,
    stands,
    use,
)
from tests.world import World, make_world

UP, DAYS, USES = "referral.up", "posting.day", "equipment.use"


def refused(change: Any) -> None:
    """The database says no, whatever code asks."""
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def statement(world: World, **change: Any) -> Statement:
    """A confirmation as a side would store it."""
    row = line(UP)
    picture = row.pictures.latest("number")
    fields: dict[str, Any] = {
        "line": row, "side": "giver", "institution": world.shiqiao, "number": 1, "verdict": "confirmed",
        "picture": picture, "count": picture.count, "digest": picture.digest, "by": world.shi, "at": NOW,
    }  # fmt: skip
    return Statement(**(fields | change))


def test_the_database_refuses_who_is_no_side(qinghe: World) -> None:
    opened(qinghe)
    refused(statement(qinghe, institution=qinghe.tcm, by=qinghe.tang).save)
    refused(statement(qinghe, side="taker").save)
    refused(statement(qinghe, by=qinghe.kong).save)
    refused(statement(qinghe, by=qinghe.luo).save)
    statement(qinghe).save()
    refused(statement(qinghe, number=2).save)  # one live statement of a side


def test_the_database_refuses_another_count_another_picture_and_records_that_are_not_behind(
    qinghe: World,
) -> None:
    opened(qinghe)
    refused(statement(qinghe, count=4).save)
    refused(statement(qinghe, digest="0" * 64).save)
    refused(statement(qinghe, picture=Picture.objects.get(line=line(DAYS))).save)
    whole = {"verdict": "objected", "own_count": 2, "reason": "never", "text": "x"}
    refused(statement(qinghe, record_ids=[1], **whole).save)
    refused(statement(qinghe, verdict="objected").save)
    use(qinghe, "L-3")
    old = Picture.objects.get(line=line(USES))
    services.recount(round_=Round.objects.get(), now=NOW)
    refused(
        statement(qinghe, line=line(USES), side="taker", picture=old, count=old.count, digest=old.digest).save
    )


def test_the_database_refuses_an_agreement_that_is_none(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.shi)
    said = Statement.objects.get()
    fields: dict[str, Any] = {
        "line": said.line, "picture": said.picture, "count": 3, "units": 0, "digest": said.digest, "at": NOW,
    }  # fmt: skip
    refused(Agreement(giver_statement=said, taker_statement=said, **fields).save)
    confirm(UP, qinghe.kong)
    theirs = Statement.objects.get(side="taker")
    refused(Agreement(giver_statement=theirs, taker_statement=said, **fields).save)
    refused(Agreement(giver_statement=said, taker_statement=theirs, **(fields | {"count": 4})).save)


def test_the_database_refuses_self_pairs_second_months_and_rewriting(qinghe: World) -> None:
    round_ = opened(qinghe)
    row = line(UP)
    refused(Line(round=round_, kind=UP, giver=qinghe.lead, taker=qinghe.lead, count=0, taken_at=NOW).save)
    refused(Round(month=OCTOBER.first_day, opened_at=NOW, due_at=AFTER).save)
    refused(lambda: Line.objects.filter(pk=row.pk).update(giver=qinghe.tcm))
    confirm(UP, qinghe.shi)
    for rows in (Statement.objects, Picture.objects):
        with pytest.raises(Exception, match=r"written once|permission denied"), transaction.atomic():
            rows.update(count=9)
    with pytest.raises(Exception, match=r"rows of \w+ stay"), transaction.atomic():
        Line.objects.filter(pk=row.pk)._raw_delete("default")


def test_the_database_refuses_an_answer_of_the_same_side_and_a_decision_of_an_institution(
    qinghe: World,
) -> None:
    opened(qinghe)
    made = object_to(UP, qinghe.shi)
    answer = {"state": "answered", "answer": "right", "answer_text": "x", "answered_at": NOW}
    rows = Difference.objects.filter(pk=made.pk)
    refused(lambda: rows.update(answered_by=qinghe.shi, **answer))
    settled = {
        "state": "settled", "how": "office", "settled_at": NOW, "settled_text": "x", "settled_count": 3,
        "digest": "0" * 64,
    }  # fmt: skip
    refused(lambda: rows.update(settled_by=qinghe.kong, **settled))
    refused(lambda: rows.update(settled_by=qinghe.luo, **(settled | {"settled_text": ""})))


def test_the_database_refuses_to_dispute_what_was_agreed_after_the_deadline(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.shi)
    confirm(UP, qinghe.kong)
    Statement.objects.filter(side="giver").update(superseded_at=AFTER)
    late: dict[str, Any] = {
        "verdict": "objected", "own_count": 2, "reason": "never", "text": "x", "number": 2, "at": AFTER,
    }  # fmt: skip
    refused(statement(qinghe, **late).save)
    fields: dict[str, Any] = {"line": line(UP), "text": "x", "at": AFTER, "until": AFTER + timedelta(days=1)}
    refused(Reopening(by=qinghe.kong, **fields).save)
    refused(Reopening(by=qinghe.luo, **(fields | {"text": ""})).save)
    refused(Reopening(by=qinghe.luo, **(fields | {"until": AFTER})).save)
    Reopening(by=qinghe.luo, **fields).save()
    refused(statement(qinghe, **(late | {"at": AFTER + timedelta(days=1)})).save)
    statement(qinghe, **late).save()


def test_another_alliance_sees_nothing_of_it(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.shi)
    object_to(DAYS, qinghe.shi, own_count=1)
    with act_in(qinghe.jiangzhou):
        for model in (Round, Line, Picture, Statement, Agreement, Difference, Reopening):
            assert not model.objects.exists()


def together(*deeds: Any) -> list[str]:
    """Do all of it at the same moment; what each came to."""
    start, outcomes = threading.Barrier(len(deeds)), []

    def run(deed: Any) -> None:
        try:
            start.wait(20)
            deed()
            outcomes.append("done")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def test_n33_both_sides_at_once_agree_once_and_two_colleagues_speak_once(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        opened(world)
        seens = {name: seen(UP, world.people[name]) for name in ("shi", "kong")}
        many = {line(USES).pk: seen(USES, world.shi), line(DAYS).pk: seen(DAYS, world.shi)}
    connection.close()

    def one(name: str) -> Any:
        def deed() -> None:
            with transaction.atomic(), act_in(world.qinghe):
                services.confirm(by=world.people[name], line=line(UP), seen=seens[name], now=NOW)

        return deed

    def objects() -> None:
        with transaction.atomic(), act_in(world.qinghe):
            services.object_to(by=world.shi, line=line(UP), objection=objection(), seen=seens["shi"], now=NOW)

    def all_of(name: str) -> Any:
        def deed() -> None:
            with transaction.atomic(), act_in(world.qinghe):
                services.confirm_many(by=world.people[name], round_=Round.objects.get(), seen=many, now=NOW)

        return deed

    assert together(one("shi"), one("kong")) == ["done", "done"]
    assert together(all_of("shi"), all_of("kong")) == ["done", "done"]
    assert together(objects, objects) == ["stale", "stale"], "the page is older than the confirmation"
    with transaction.atomic(), act_in(world.qinghe):
        assert Agreement.objects.count() == 3
        assert {stands(kind).state for kind in (UP, DAYS, USES)} == {State.AGREED}
        seens["shi"] = seen(UP, world.shi)
    assert together(objects, objects) == ["done", "stale"]
    with transaction.atomic(), act_in(world.qinghe):
        assert (
            Difference.objects.count() == 1
            and Statement.objects.filter(line=line(UP), side="giver").count() == 2
        )


STEPS = st.lists(
    st.tuples(st.sampled_from(["shi", "kong", "records"]), st.sampled_from(["confirm", "object"])),
    min_size=2, max_size=9,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_agreed_lines_always_have_equal_digests_on_both_sides(qinghe: World, steps: list) -> None:
    with transaction.atomic():
        opened(qinghe)
        for number, (who, what) in enumerate(steps):
            if who == "records":
                use(qinghe, f"P-{number}")
            elif what == "confirm":
                confirm(USES, qinghe.people[who])
            else:
                object_to(USES, qinghe.people[who], own_count=90 + number)
            _holds()
        transaction.set_rollback(True)


def _holds() -> None:
    """Agreed means: two live confirmations, the digest of the records as they are now, kept as agreement."""
    for one in standings(Round.objects.all(), now=NOW):
        digests = {side: said.digest for side, said in one.said.items() if said.verdict == "confirmed"}
        alike = set(digests) == set(SIDES) and set(digests.values()) == {one.digest}
        assert (one.state == State.AGREED) == (alike and not one.differences)
        if one.state == State.AGREED:
            assert {one.word(side) for side in SIDES} == {Word.CONFIRMED}
            assert Agreement.objects.filter(line=one.line, digest=one.digest, count=one.count).exists()
    for fact in facts.line_facts(OCTOBER, NOW):
        assert (fact.holds == fact.count) == fact.agreed
