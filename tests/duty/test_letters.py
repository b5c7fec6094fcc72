"""Responsibility letters: the text by two people, signatures, who is missing, what the database refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliance.models import Journal, Membership
from alliance.services import memberships
from alliance.tenancy.scope import act_as
from performance.duty.models import LetterVersion, Reminded, Signature, SigningRound
from performance.duty.refusals import DutyRefused
from performance.duty.services import rounds, signing, versions
from performance.duty.waiting import waiting
from tests.duty.scene import DUE, NOW, TODAY, in_force, opened, signed
from tests.world import World


def by_the_database(deed: Callable[[], Any]) -> None:
    """Whatever the code believes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def refused(reason: str, deed: Callable[[], Any]) -> None:
    with pytest.raises(DutyRefused) as error:
        deed()
    assert error.value.reason == reason


def names(rows: Any) -> list[str]:
    return sorted(one.user.name for one in rows)


def test_a_text_is_entered_by_one_and_put_in_force_by_another(qinghe: World) -> None:
    text = versions.shipped()
    given = {"from_date": TODAY, "decided_by": "管委会", "document": "9号", "now": NOW}
    with pytest.raises(PermissionDenied):
        versions.enter(by=qinghe.kong, text=text, **given)
    for reason, other in (
        ("title", replace(text, title=" ")), ("paragraphs", replace(text, paragraphs=[])),
        ("clauses_zero", replace(text, clauses=text.clauses[:1])), ("roles", replace(text, roles=[])),
        ("kinds", replace(text, kinds=[])), ("months", replace(text, months=0)),
    ):  # fmt: skip
        refused(reason, lambda other=other: versions.enter(by=qinghe.luo, text=other, **given))
    refused("document", lambda: versions.enter(by=qinghe.luo, text=text, **{**given, "document": ""}))
    yesterday = {**given, "from_date": TODAY - timedelta(days=1)}
    refused("late_day", lambda: versions.enter(by=qinghe.luo, text=text, **yesterday))
    row = versions.enter(by=qinghe.luo, text=text, **given)
    assert (row.number, versions.in_force(TODAY)) == (1, None)
    refused("same_person", lambda: versions.enforce(by=qinghe.luo, version=row, now=NOW))
    rows = LetterVersion.objects.filter(pk=row.pk)
    by_the_database(lambda: rows.update(enforced_by=qinghe.luo, enforced_at=NOW))
    versions.enforce(by=qinghe.meng, version=row, now=NOW)
    refused("enforced", lambda: versions.enforce(by=qinghe.meng, version=row, now=NOW))
    assert versions.in_force(TODAY) == row
    assert Journal.objects.get(verb="duty.enforced").detail["digest"] == row.digest
    for change in ({"title": "x"}, {"clauses": []}, {"digest": "0" * 64}, {"months": 3}):
        by_the_database(lambda change=change: rows.update(**change))
    by_the_database(rows.delete)
    second = versions.enter(by=qinghe.meng, text=replace(text, title="新责任书"), **given)
    refused("first_day", lambda: versions.enforce(by=qinghe.luo, version=second, now=NOW))


def test_the_digest_of_a_version_is_that_of_its_text(qinghe: World) -> None:
    row = in_force(qinghe)
    row.pk, row.number, row.enforced_by, row.enforced_at = None, 2, None, None
    by_the_database(lambda: row.save(force_insert=True))  # canonical text still says number 1
    row.number, row.digest = 1, "0" * 64
    by_the_database(lambda: row.save(force_insert=True))


def test_a_person_signs_by_reading_ticking_and_the_own_password(qinghe: World) -> None:
    refused("none", lambda: signing.sign(by=qinghe.pei, seen="", read=[], password="", now=NOW))
    version = in_force(qinghe)
    refused("changed", lambda: signed(qinghe.pei, version, seen="0" * 64))
    refused("read", lambda: signed(qinghe.pei, version, read=["fictitious"]))
    refused("password", lambda: signed(qinghe.pei, version, password="guess"))
    with pytest.raises(PermissionDenied):
        signed(qinghe.luo, version)
    refused("not_asked", lambda: signed(qinghe.kong, version))  # an administrator alone is not asked
    row = signed(qinghe.pei, version)
    assert (row.name, row.institution_name, row.department_name) == ("裴大夫", qinghe.lead.name, "内科")
    assert (row.valid_from, row.valid_to) == (TODAY, date(2027, 11, 11))
    assert signing.true(Signature.objects.named().get(pk=row.pk))
    told = Journal.objects.get(verb="duty.signed")
    assert told.detail["digest"] == row.digest and told.about_id == row.pk
    refused("signed", lambda: signed(qinghe.pei, version))


def test_the_database_refuses_what_no_service_would_do(qinghe: World) -> None:
    version = in_force(qinghe)
    row = signed(qinghe.pei, version)
    rows = Signature.objects.filter(pk=row.pk)
    for change in ({"name": "别人"}, {"digest": "0" * 64}, {"valid_to": date(2030, 1, 1)}):
        by_the_database(lambda change=change: rows.update(**change))
    by_the_database(rows.delete)

    def again(who: Any = None, **change: Any) -> None:
        other: Signature = Signature.objects.get(pk=row.pk)
        other.pk = None
        for name, value in change.items():
            setattr(other, name, value)
        with act_as(who or other.membership.user):
            other.save(force_insert=True)

    mine = {
        "membership": qinghe.wu, "signed_by": qinghe.wu, "name": "吴越", "department": qinghe.wu.department,
        "roles": ["department_head"],
    }  # fmt: skip
    by_the_database(again)  # a second one while the first holds
    by_the_database(lambda: again(**{**mine, "signed_by": qinghe.pei}))  # for somebody else
    by_the_database(lambda: again(qinghe.pei.user, **mine))
    by_the_database(lambda: again(**{**mine, "name": "别人"}))
    by_the_database(lambda: again(**{**mine, "institution": qinghe.tcm}))
    by_the_database(lambda: again(**{**mine, "digest": "0" * 64}))
    by_the_database(lambda: again(**{**mine, "read": ["fictitious"]}))
    by_the_database(lambda: again(**{**mine, "valid_from": TODAY + timedelta(days=9)}))
    by_the_database(lambda: again(**{**mine, "valid_to": date(2029, 1, 1)}))
    by_the_database(lambda: again(**{**mine, "signed_at": NOW - timedelta(days=2)}))  # before its first day
    again(**mine)  # nothing of it is false
    assert Signature.objects.count() == 2


def test_who_must_sign_is_counted_by_roles_and_who_joined_later_has_time(qinghe: World) -> None:
    round_ = opened(qinghe)
    assert names(rounds.due(round_, TODAY)) == sorted(
        ["林静", "吴越", "赵敏学", "韩信实", "谭一鸣", "方医保", "裴大夫"]
    )
    signed(qinghe.pei, round_.version)
    assert "裴大夫" not in names(rounds.missing(rounds.due(round_, TODAY)))
    new = Membership(institution=qinghe.tcm, roles=["coder"])
    memberships.grant(by=qinghe.su, membership=new, username="xin", name="新编码")
    at = Journal.objects.get(verb="membership.granted").at
    joined = rounds.due(round_, TODAY).get(user__name="新编码")
    assert joined.due_on == max(DUE, (at + timedelta(days=14, hours=8)).date())
    assert rounds.due(round_, TODAY).get(user__name="谭一鸣").due_on == DUE
    Membership.objects.filter(pk=qinghe.zhao.pk).update(is_active=False)
    assert "赵敏学" not in names(rounds.due(round_, TODAY))
    with CaptureQueriesContext(connection) as asked:
        list(rounds.due(round_, TODAY))
    assert len(asked) == 2  # the parameter and the rows


def test_a_round_follows_another_and_ends_it(qinghe: World) -> None:
    version = in_force(qinghe)
    given = {"by": qinghe.luo, "version": version, "now": NOW}
    refused("due_on", lambda: rounds.open_round(year=2026, due_on=date(2026, 11, 1), **given))
    first = rounds.open_round(year=2026, due_on=DUE, **given)
    refused("round_there", lambda: rounds.open_round(year=2026, due_on=DUE, **given))
    next_one = rounds.open_round(year=2027, due_on=date(2027, 1, 31), **given)
    assert rounds.current() == next_one
    first.refresh_from_db()
    assert first.ended_at == NOW
    refused("ended", lambda: rounds.end_round(by=qinghe.luo, round=first, now=NOW))
    refused("ended", lambda: rounds.remind(by=qinghe.luo, round=first, institution=qinghe.lead, now=NOW))
    with pytest.raises(PermissionDenied):
        rounds.end_round(by=qinghe.kong, round=next_one, now=NOW)
    rows = SigningRound.objects.filter(pk=next_one.pk)
    by_the_database(lambda: rows.update(due_on=date(2028, 1, 1)))
    by_the_database(rows.delete)


def test_a_reminder_is_numbered_and_nobody_gets_two(qinghe: World) -> None:
    round_ = opened(qinghe)
    signed(qinghe.pei, round_.version)
    made = rounds.remind(by=qinghe.luo, round=round_, institution=qinghe.lead, now=NOW)
    assert made.number == "CQ2026-0001"
    assert names(one.membership for one in made.lines.all()) == sorted(["林静", "吴越", "方医保"])
    refused("nobody", lambda: rounds.remind(by=qinghe.luo, round=round_, institution=qinghe.lead, now=NOW))
    by_the_database(lambda: Reminded.objects.create(reminder=made, round=round_, membership=qinghe.lin))
    other = rounds.remind(by=qinghe.luo, round=round_, institution=qinghe.tcm, now=NOW)
    assert other.number == "CQ2026-0002"
    with pytest.raises(PermissionDenied):
        rounds.remind(by=qinghe.kong, round=round_, institution=qinghe.shiqiao, now=NOW)


def told(member: Membership, now: Any = NOW) -> list[tuple[str, int]]:
    return [(one.state, one.count) for one in waiting(member, now)]


def test_it_waits_for_the_missing_and_their_head_by_severity(qinghe: World) -> None:
    assert told(qinghe.pei) == []
    round_ = opened(qinghe)
    assert told(qinghe.pei) == [("info", 1)] and told(qinghe.wu) == [("info", 1)]
    assert told(qinghe.luo) == [("info", 7)] and told(qinghe.ji) == [] and told(qinghe.cai) == []
    rounds.remind(by=qinghe.luo, round=round_, institution=qinghe.lead, now=NOW)
    assert told(qinghe.pei) == [("warn", 1)] and told(qinghe.zhao) == [("info", 1)]
    assert told(qinghe.wu) == [("warn", 1), ("warn", 1)]  # the own, and the one of the department
    assert told(qinghe.fang) == [("warn", 1), ("warn", 3)] and told(qinghe.kong) == [("warn", 4)]
    late = NOW + timedelta(days=30)
    assert told(qinghe.zhao, late) == [("late", 1)] and told(qinghe.ji, late) == [("late", 7)]
    signed(qinghe.pei, round_.version)
    assert told(qinghe.pei) == [] and told(qinghe.wu) == [("warn", 1)]


def test_before_its_end_it_is_signed_anew_and_follows(qinghe: World) -> None:
    version = in_force(qinghe)
    opened(qinghe, version)
    first = signed(qinghe.pei, version)
    early, soon = NOW + timedelta(days=330), NOW + timedelta(days=340)
    assert told(qinghe.pei, early) == [] and told(qinghe.pei, soon) == [("warn", 1)]
    refused("signed", lambda: signed(qinghe.pei, version, early))
    second = signed(qinghe.pei, version, soon)
    assert second.valid_from == first.valid_to + timedelta(days=1)
    assert told(qinghe.pei, soon) == []
    refused("signed", lambda: signed(qinghe.pei, version, soon))
    assert signing.held(qinghe.pei.pk, TODAY) == first
    assert signing.held(qinghe.pei.pk, second.valid_from) == second
    assert signing.held(qinghe.pei.pk, TODAY - timedelta(days=1)) is None
    # Not signed anew: from the day after its end the person is missing again.
    other = signed(qinghe.lin, version)
    assert "林静" in names(rounds.missing(rounds.due(rounds.current(), other.valid_to + timedelta(days=1))))


def test_a_later_version_asks_everybody_again(qinghe: World) -> None:
    first = in_force(qinghe)
    signed(qinghe.pei, first)
    later = NOW + timedelta(days=40)
    second = in_force(qinghe, on=TODAY + timedelta(days=40), now=NOW)
    assert versions.in_force(TODAY) == first
    refused("changed", lambda: signed(qinghe.lin, first, later))
    round_ = rounds.open_round(by=qinghe.luo, version=second, year=2026, due_on=date(2027, 1, 31), now=NOW)
    assert "裴大夫" in names(rounds.missing(rounds.due(round_, later.date())))
    row = signed(qinghe.pei, second, later)
    assert signing.held(qinghe.pei.pk, later.date()) == row


def test_a_line_is_read_by_the_person_the_head_and_the_offices(qinghe: World) -> None:
    round_ = opened(qinghe)
    for one in (qinghe.pei, qinghe.lin, qinghe.zhao):
        signed(one, round_.version)
    due = rounds.due(round_, TODAY)
    seen = {
        name: (rounds.within(due, qinghe.people[name]).count(),
               Signature.objects.seen_by(qinghe.people[name]).count())
        for name in ("pei", "wu", "lin", "fang", "kong", "zhao", "luo", "ji", "ding")
    }  # fmt: skip
    assert seen == {
        "pei": (1, 1), "wu": (2, 1), "lin": (1, 1), "fang": (4, 2), "kong": (4, 2), "zhao": (1, 1),
        "luo": (7, 3), "ji": (7, 3), "ding": (7, 3),
    }  # fmt: skip
