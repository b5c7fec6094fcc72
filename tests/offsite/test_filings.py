"""An hour for each time it is asked, answered once for good, by the own desk alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.lib.identity import IdentityRefused
from alliance.lib.period import Month
from alliance.models import Attachment, Journal
from alliance.models.base import Stale
from alliance.services.files import Upload
from referrals.models import Referral
from referrals.offsite import facts, services
from referrals.offsite.models import Filing, Round
from referrals.offsite.waiting import waiting
from tests.offsite.scene import ID, NOW, said, sent
from tests.world import World

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_the_hour_is_a_wall_clock_and_begins_anew_with_what_was_missing(qinghe: World) -> None:
    row = sent(qinghe.lead).filing
    first = row.rounds.get()
    assert (first.rule, first.due_at) == ("H1", NOW + HOUR)
    row = services.answer(
        by=qinghe.fang, filing=row, verdict="more", text="请补居住证", now=NOW + 30 * MINUTE
    )
    assert row.state == "more"
    with pytest.raises(services.OffsiteRefused) as refused:
        services.supply(by=None, filing=row, note=" ", uploads=(), now=NOW + 5 * HOUR)
    assert refused.value.reason == "added"
    pdf = Upload("居住证.pdf", [b"%PDF-1.4"], "application/pdf", 99)
    row = services.supply(by=None, filing=row, note="", uploads=[pdf], now=NOW + 5 * HOUR)
    second = row.rounds.get(number=2)
    assert (row.state, second.due_at) == ("waiting", NOW + 6 * HOUR)
    row = services.answer(
        by=qinghe.fang, filing=row, verdict="filed", filing_no="YB20261112", now=NOW + 6 * HOUR
    )
    assert row.state == "filed" and [one.in_time(NOW) for one in row.rounds.all()] == [True, True]
    assert Attachment.objects.get().owner is None


def test_the_share_counts_each_round_once_and_leaves_out_what_still_runs(qinghe: World) -> None:
    in_time, late, silent, _running = (sent(qinghe.lead, str(n)).filing for n in range(4))
    services.answer(by=qinghe.fang, filing=in_time, verdict="filed", filing_no="1", now=NOW + HOUR)
    services.answer(by=qinghe.fang, filing=late, verdict="refused", text="未参保", now=NOW + HOUR + MINUTE)
    month = Month(2026, 11)
    [fact] = facts.offsite_facts(month, NOW + 50 * MINUTE)
    assert (fact.filings, fact.asked, fact.in_time) == (4, 2, 1)  # two still run
    services.withdraw(filing=silent, now=NOW + 10 * MINUTE)
    [fact] = facts.offsite_facts(month, NOW + 2 * HOUR)
    assert (fact.code, fact.asked, fact.in_time) == ("QH01", 3, 1)
    assert facts.rounds(month, NOW + 2 * HOUR).count() == fact.asked
    assert facts.offsite_facts(Month(2026, 10), NOW) == []


def test_the_same_form_is_one_filing_and_what_is_wrong_is_named(qinghe: World) -> None:
    first, second = sent(qinghe.lead), sent(qinghe.lead)
    assert first.filing == second.filing and second.again and first.secret == second.secret
    assert services.of_link(first.secret) == first.filing and services.of_link("x") is None
    for change, reason in (
        ({"city": " "}, "city"),
        ({"until_on": NOW.date() - timedelta(days=9)}, "until_on"),
        ({"kind": "?"}, "kind"),
    ):
        with pytest.raises(services.OffsiteRefused) as refused:
            sent(qinghe.lead, "other", **change)
        assert refused.value.reason == reason
    with pytest.raises(IdentityRefused):
        sent(qinghe.lead, "other", id_number=ID[:-1] + "0")


def test_only_the_own_desk_answers_once(qinghe: World) -> None:
    row = sent(qinghe.lead).filing
    for nobody in (qinghe.yu, qinghe.kong, qinghe.lin):
        with pytest.raises(PermissionDenied):
            services.answer(by=nobody, filing=row, verdict="filed", filing_no="1", now=NOW)
    with pytest.raises(services.OffsiteRefused):
        services.answer(by=qinghe.fang, filing=row, verdict="filed", filing_no=" ", now=NOW)
    services.answer(by=qinghe.fang, filing=row, verdict="filed", filing_no="1", now=NOW)
    with pytest.raises(Stale):
        services.answer(by=qinghe.luo, filing=row, verdict="refused", text="晚了", now=NOW)
    with pytest.raises(PermissionDenied):
        services.file(by=qinghe.ding, said=said(qinghe.lead), mark="z", now=NOW)


def refused_by_the_database(change: object) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()  # type: ignore[operator]


def test_the_database_keeps_what_was_sent_and_answered(qinghe: World) -> None:
    row = sent(qinghe.lead).filing
    mine, rounds = Filing.objects.filter(pk=row.pk), Round.objects.filter(filing=row)
    refused_by_the_database(lambda: mine.update(state="filed"))  # no answered round
    refused_by_the_database(lambda: mine.update(city="北京市"))
    refused_by_the_database(lambda: rounds.update(due_at=NOW + 9 * HOUR))
    refused_by_the_database(lambda: rounds.update(answered_at=NOW, verdict="filed", answered_by=qinghe.fang))
    refused_by_the_database(lambda: mine.delete())
    services.answer(by=qinghe.fang, filing=row, verdict="refused", text="未参保", now=NOW)
    refused_by_the_database(lambda: rounds.update(verdict="filed", filing_no="1", text=None))
    refused_by_the_database(lambda: rounds.delete())


def test_names_are_sealed_and_opening_them_is_journaled_with_a_reason(qinghe: World) -> None:
    row = sent(qinghe.lead).filing
    with pytest.raises(PermissionDenied):
        services.reveal(by=qinghe.kong, filing=row, reason="看看")
    assert services.reveal(by=qinghe.fang, filing=row, reason="在医保系统办理")["id_number"] == ID
    entry = Journal.objects.filter(about_kind="offsite.filing").order_by("-pk").first()
    assert entry is not None and "在医保系统办理" in str(entry.detail) and ID not in str(entry.detail)


def test_it_goes_up_before_and_after_the_hour(qinghe: World) -> None:
    sent(qinghe.lead)
    early, near, late = NOW + 10 * MINUTE, NOW + 45 * MINUTE, NOW + HOUR + MINUTE
    assert [one.state for one in waiting(qinghe.fang, early)] == ["info"]
    for upward in (qinghe.kong, qinghe.luo, qinghe.su):
        assert waiting(upward, early) == []
        assert [one.state for one in waiting(upward, near)] == ["warn"]
        assert [one.state for one in waiting(upward, late)] == ["late"]
    assert waiting(qinghe.yu, late) == [] and waiting(qinghe.lin, late) == []


def test_a_referral_of_the_same_patient_is_filed_with_it(qinghe: World, referral: Referral) -> None:
    number, person = referral.number, referral.person
    assert person is not None
    own = {"id_number": person.id_number, "kind": "transfer", "referral_no": number}
    stranger = sent(qinghe.lead, "a", referral_no=number).filing
    assert stranger.referral is None  # the public is not told that the number exists
    with pytest.raises(services.OffsiteRefused) as refused:
        services.file(by=qinghe.fang, said=said(qinghe.lead, referral_no=number), mark="b", now=NOW)
    assert refused.value.reason == "referral"
    row = sent(qinghe.lead, "c", **own).filing
    assert row.referral == referral and referral.filing == "to_file"
    services.answer(by=qinghe.fang, filing=row, verdict="filed", filing_no="YB7", now=NOW)
    referral.refresh_from_db()
    assert (referral.filing, referral.filing_no) == ("filed", "YB7")
