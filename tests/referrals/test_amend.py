"""Changing what was written: only the sender, only while nobody answered, never over another's change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from alliance.models import Journal
from alliance.models.base import Stale
from referrals import services
from referrals.services import ReferralRefused
from tests.referrals.scene import SOON, content, logged
from tests.world import World


def test_the_sender_amends_and_the_version_rises(qinghe: World) -> None:
    referral = logged(qinghe)
    changed = services.amend(
        by=qinghe.zhao, referral=referral, version=1, content=content(qinghe.lead, summary="加测 BNP 1,840。")
    )
    assert (changed.summary, changed.version) == ("加测 BNP 1,840。", 2)
    assert Journal.objects.get(verb="referral.amended").detail == {"fields": ["summary"]}


def test_n34_a_stale_version_is_refused_and_shows_the_row_as_it_is(qinghe: World) -> None:
    referral = logged(qinghe)
    services.amend(
        by=qinghe.zhao, referral=referral, version=1, content=content(qinghe.lead, summary="第一次改")
    )
    with pytest.raises(Stale) as caught:
        services.amend(
            by=qinghe.zhao, referral=referral, version=1, content=content(qinghe.lead, summary="第二次改")
        )
    assert caught.value.row.summary == "第一次改"


def test_who_whence_whither_which_way_and_how_urgent_stay(qinghe: World) -> None:
    referral = logged(qinghe)
    other = replace(
        content(qinghe.tcm, summary="改了"), direction="down", urgency="critical", consent=False,
        target_institution=qinghe.tcm,
    )  # fmt: skip
    changed = services.amend(by=qinghe.zhao, referral=referral, version=1, content=other)
    assert changed.target_institution == qinghe.lead
    assert (changed.direction, changed.urgency, changed.consent) == ("up", "urgent", True)
    assert changed.answer_due_at == referral.answer_due_at


def test_nobody_else_amends(qinghe: World) -> None:
    referral = logged(qinghe)
    for name in ("lin", "tan", "han", "luo"):
        with pytest.raises(PermissionDenied):
            services.amend(by=qinghe.people[name], referral=referral, version=1, content=content(qinghe.lead))


def test_after_the_answer_it_stays(qinghe: World) -> None:
    referral = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    with pytest.raises(ReferralRefused) as caught:
        services.amend(by=qinghe.zhao, referral=referral, version=2, content=content(qinghe.lead))
    assert caught.value.reason == "finished"


def test_what_is_amended_is_checked_like_what_is_logged(qinghe: World) -> None:
    referral = logged(qinghe)
    with pytest.raises(ReferralRefused) as caught:
        services.amend(
            by=qinghe.zhao, referral=referral, version=1, content=content(qinghe.lead, reason="stable")
        )
    assert caught.value.reason == "reason"
