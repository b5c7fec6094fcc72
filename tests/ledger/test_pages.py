"""The ledger's pages: the way from a month down to the evidence, and two people for closing and reversing."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.ledger import evidence, facts, proposals
from alliance.ledger.models import Account, LedgerJournal, Period
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from tests.ledger.books import NOVEMBER, OCTOBER, open_books, post
from tests.world import World

HOME = "/a/qinghe/ledger/"


@pytest.fixture
def accounts(world: World) -> dict[str, Account]:
    with act_in(world.qinghe):
        chains.install(by=world.su)
        found = open_books(world, OCTOBER, NOVEMBER)
        post(world, found, 1_234_567, 33, 33, text="10月协同奖励")
        return found


def journal(world: World) -> LedgerJournal:
    with act_in(world.qinghe):
        return LedgerJournal.objects.order_by("pk").first()  # type: ignore[return-value]


def test_from_the_month_to_the_journal_to_the_account_and_the_evidence(
    world: World, accounts: dict[str, Account]
) -> None:
    evidence.register("institution", lambda number: f"/somewhere/{number}/", "机构")
    client = world.client("cai")
    month = client.get(HOME, {"month": "2026-10"}).content.decode()
    assert "12,346.33" in month and "0.00" in month and "10月协同奖励" in month
    page = client.get(f"{HOME}journals/{journal(world).pk}/").content.decode()
    assert "−" not in page and "12,345.67" in page and 'href="/somewhere/1/"' in page
    assert f'href="/a/qinghe/ledger/accounts/{accounts["institution:QH01"].pk}/"' in page
    account = client.get(f"{HOME}accounts/{accounts['institution:QH01'].pk}/").content.decode()
    assert "+12,345.67" in account
    trial = client.get(f"{HOME}trial-balance/", {"month": "2026-10"}).content.decode()
    assert "source:bonus" in trial and "−12,346.33" in trial and "0.00" in trial


def test_the_latest_month_is_shown_when_none_is_asked_for(world: World, accounts: dict[str, Account]) -> None:
    response = world.client("luo").get(HOME)
    assert response.context["month"] == NOVEMBER and response.status_code == 200
    assert world.client("luo").get(HOME, {"month": "all"}).context["month"] is None
    assert world.client("luo").get(HOME, {"month": "2026-99"}).status_code == 200


def test_a_statement_of_some_months_and_a_wrong_month(world: World, accounts: dict[str, Account]) -> None:
    url = f"{HOME}accounts/{accounts['institution:QH01'].pk}/"
    client = world.client("ding")
    later = client.get(url, {"first": "2026-11"})
    assert later.context["figs"][0].value == "12,345.67"
    wrong = client.get(url, {"first": "October"})
    assert wrong.status_code == 200 and wrong.context["filter"]["form"].errors


def test_a_proposed_reversal_is_titled_in_the_language_of_the_reader(
    world: World, accounts: dict[str, Account]
) -> None:
    found = journal(world)
    evidence.name_journals(found.kind, gettext_lazy("reversal"))
    with act_in(world.qinghe), translation.override("en"):
        approval = proposals.propose_reversal(
            by=world.luo, journal=found, month=NOVEMBER, text="重复入账", on=NOVEMBER.first_day
        )
        assert approval.title == f"reversal, journal {found.pk}, October 2026"
    page = world.client("cai").get("/a/qinghe/approvals/").content.decode()
    assert f"冲正，凭证 {found.pk}，2026年10月" in page and found.kind not in page


def test_who_may_not_see_the_ledger_gets_403_and_the_other_alliance_404(
    world: World, accounts: dict[str, Account]
) -> None:
    assert world.client("lin").get(HOME).status_code == 403
    found = journal(world).pk
    assert world.client("qiao").get(f"/a/jiangzhou/ledger/journals/{found}/").status_code == 404
    assert world.client("qiao").get(f"{HOME}journals/{found}/").status_code == 404


def test_an_institutions_finance_sees_own_entries_only(world: World, accounts: dict[str, Account]) -> None:
    with act_in(world.qinghe):
        make_finance(world.tan)
        make_finance(world.zhao, institution=world.liulin)
    client = world.client("tan")
    page = client.get(f"{HOME}journals/{journal(world).pk}/").content.decode()
    assert "institution:QH02" in page and "institution:QH01" not in page and "source:bonus" not in page
    assert client.get(f"{HOME}accounts/{accounts['institution:QH01'].pk}/").status_code == 404
    assert client.post(f"{HOME}close/?month=2026-10").status_code == 403
    assert world.client("zhao").get(f"{HOME}journals/{journal(world).pk}/").status_code == 404


def make_finance(membership: Membership, **change: object) -> None:
    membership.roles = ["finance"]
    for name, value in change.items():
        setattr(membership, name, value)
    membership.save()


def test_closing_takes_a_proposal_and_another_person(world: World, accounts: dict[str, Account]) -> None:
    cai, luo = world.client("cai"), world.client("luo")
    assert "ledger/close/" not in luo.get(HOME, {"month": "2026-10"}).content.decode()
    assert "ledger/close/?month=2026-10" in cai.get(HOME, {"month": "2026-10"}).content.decode()
    sent = cai.post(f"{HOME}close/?month=2026-10")
    approval = int(re.search(r"approvals/(\d+)/", sent["Location"])[1])  # type: ignore[index]
    assert "ledger/close/?month=2026-10" not in cai.get(HOME, {"month": "2026-10"}).content.decode()
    own = cai.post(f"/a/qinghe/approvals/{approval}/decide/", {"verdict": "yes", "step": 1})
    assert own.status_code == 409
    agreed = luo.post(f"/a/qinghe/approvals/{approval}/decide/", {"verdict": "yes", "step": 1})
    assert agreed.status_code == 302
    with act_in(world.qinghe):
        period = Period.objects.get(month=OCTOBER.first_day)
        assert (period.state, period.closed_by, period.close_confirmed_by) == ("closed", world.cai, world.luo)
    closed = cai.get(HOME, {"month": "2026-10"}).content.decode()
    assert "ledger/close/" not in closed and "蔡知新 · 罗晓岚" in closed


def test_a_journal_posted_since_stops_the_closing(world: World, accounts: dict[str, Account]) -> None:
    world.client("cai").post(f"{HOME}close/?month=2026-10")
    with act_in(world.qinghe):
        post(world, accounts, 5, key="late")
        approval = Approval.objects.get()
    luo = world.client("luo")
    assert (
        luo.post(f"/a/qinghe/approvals/{approval.pk}/decide/", {"verdict": "yes", "step": 1}).status_code
        == 409
    )
    with act_in(world.qinghe):
        assert Period.objects.get(month=OCTOBER.first_day).state == "open"


def test_closing_a_month_without_books_is_explained(world: World, accounts: dict[str, Account]) -> None:
    cai = world.client("cai")
    for month in ("2030-01", "nonsense"):
        assert cai.post(f"{HOME}close/?month={month}").status_code == 409


def test_reversing_takes_a_reason_and_another_person(world: World, accounts: dict[str, Account]) -> None:
    found, cai = journal(world), world.client("cai")
    url = f"{HOME}journals/{found.pk}/reverse/"
    assert cai.post(url, {"month": "2026-11"}).status_code == 400
    assert cai.post(url, {"month": "2026-12", "text": "错"}).status_code == 400
    assert cai.post(url, {"month": "2026-11", "text": "基数错"}).status_code == 302
    assert cai.post(url, {"month": "2026-11", "text": "基数错"}).status_code == 409
    with act_in(world.qinghe):
        approval = Approval.objects.get()
        assert facts.balance(accounts["institution:QH01"]) == 1_234_567
    page = world.client("luo").get(f"/a/qinghe/approvals/{approval.pk}/").content.decode()
    assert "基数错" in page and "12,346.33" in page
    with act_in(world.qinghe):
        approvals.decide(by=world.meng, approval=approval, verdict="yes")
        assert facts.balance(accounts["institution:QH01"]) == 0
        undone = LedgerJournal.objects.get(reverses=found)
        assert (undone.posted_by, undone.confirmed_by, undone.text) == (world.cai, world.meng, "基数错")
    assert f"journals/{undone.pk}/" in cai.get(f"{HOME}journals/{found.pk}/").content.decode()
    assert cai.post(url, {"month": "2026-11", "text": "再来"}).status_code == 409


@pytest.mark.parametrize(
    "path", ["?month=2026-10", "trial-balance/", "journals/{journal}/", "accounts/{account}/"]
)
def test_a_list_costs_the_same_number_of_queries_at_1_and_at_40_journals(
    world: World, accounts: dict[str, Account], path: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = HOME + path.format(journal=journal(world).pk, account=accounts["institution:QH01"].pk)
    client = world.client("cai")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    with act_in(world.qinghe):
        for number in range(40):
            post(world, accounts, number + 1, key=f"k{number}")
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)
