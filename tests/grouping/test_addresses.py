"""What an address asks for and cannot have: a month that is none, another's institution, a NUL."""

from __future__ import annotations

import re

from tests.grouping.scene import HOME, browser, inside, pages, store, text
from tests.test_access import CHANGING
from tests.world import World

OF_A_MONTH = (
    "cases/", "case-files/", "work-queue/?view=all", "work-queue/quality/", "documents/?view=all", "metrics/",
    "metrics/figure/?metric=cmi", "metrics/groups/", "metrics/review/", "metrics/readmissions/",
    "payment-types/", "payment-types/cases/", "drg-and-dip/", "drg-and-dip/cases/", "ledger/",
    "ledger/trial-balance/",
)  # fmt: skip
OF_A_PLACE = (
    "metrics/", "metrics/figure/?metric=cmi", "metrics/groups/", "metrics/review/", "metrics/readmissions/",
    "payment-types/cases/", "drg-and-dip/cases/",
)  # fmt: skip
LISTS = ("cases/", "case-files/", "work-queue/?view=all", "documents/?view=all")


def asked(page: str, condition: str) -> str:
    return f"{HOME}/{page}{'&' if '?' in page else '?'}{condition}"


def test_every_page_of_a_month_says_what_month_it_did_not_understand(scene: World) -> None:
    client = browser(scene, "luo")
    for page in OF_A_MONTH:
        for typed in ("13-2026", "2026-13", "0001-01"):
            response = client.get(asked(page, f"month={typed}"))
            assert response.status_code == 200
            assert text(response).count(f"{typed} is not a month such as 2026-10.") == 1
        assert "is not a month" not in text(client.get(asked(page, "month=2026-10")))


def test_a_panel_that_is_swapped_says_it_too(scene: World) -> None:
    swap = {"HX-Request": "true", "HX-Target": "list"}
    panel = text(browser(scene, "luo").get(f"{HOME}/metrics/?month=x", headers=swap))
    assert panel.count("x is not a month such as 2026-10.") == 1 and "<html" not in panel


def test_a_month_nobody_understood_never_means_every_record(scene: World) -> None:
    from grouping.models import WorkItem

    store(scene, [*pages(scene, 1), *pages(scene, 1, C03C="Q99.999")])
    with inside(scene):
        before = set(WorkItem.objects.values_list("pk", "state"))
    client = browser(scene, "lin")
    body = {"all": "1", "query": "view=all&month=nonsense", "text": "退回"}
    assert client.post(f"{HOME}/work-queue/act/wait/", body).status_code == 400
    with inside(scene):
        assert before and set(WorkItem.objects.values_list("pk", "state")) == before


def test_another_institution_is_not_there_for_who_belongs_to_one(scene: World) -> None:
    with inside(scene):
        scene.lin.roles = [*scene.lin.roles, "institution_admin"]
        scene.lin.save()
    own, office = browser(scene, "lin"), browser(scene, "luo")
    for page in OF_A_PLACE:
        assert own.get(asked(page, f"institution={scene.lead.pk}")).status_code == 200
        assert own.get(asked(page, f"institution={scene.tcm.pk}")).status_code == 404
        assert office.get(asked(page, f"institution={scene.tcm.pk}")).status_code == 200
        assert office.get(asked(page, f"institution={scene.city_lead.pk}")).status_code == 404
        assert office.get(asked(page, "institution=QH01")).status_code == 404


def test_lists_say_that_an_institution_is_not_among_those_seen(scene: World) -> None:
    for page in LISTS:
        office = text(browser(scene, "luo").get(asked(page, f"institution={scene.city_lead.pk}")))
        assert "This one is not among yours" in office
        own = browser(scene, "lin")
        assert own.get(asked(page, f"institution={scene.lead.pk}")).status_code == 200
        assert own.get(asked(page, f"institution={scene.tcm.pk}")).status_code == 404


def test_an_address_with_a_nul_is_answered_like_any_other_where_nothing_is(scene: World) -> None:
    client = browser(scene, "lin")
    for path, like in (
        (f"{HOME}/cases/%00/", f"{HOME}/cases/nothing/"), (f"{HOME}/%00", f"{HOME}/nothing"),
        ("/%00/", "/nothing/"),
    ):  # fmt: skip
        answer, other = client.get(path), client.get(like)
        assert (answer.status_code, other.status_code) == (404, 404)
        assert CHANGING.sub("", text(answer)) == CHANGING.sub(
            "", text(other)
        ) and "<h1>Nothing is at this address</h1>" in text(answer)
    refused = client.get(f"{HOME}/cases/?month%00=x")
    assert refused.status_code == 400 and re.search("<h1>The request was not understood</h1>", text(refused))


def test_a_nul_in_a_condition_matches_nothing(scene: World) -> None:
    client = browser(scene, "luo")
    for page in (
        "metrics/?drg=%00", "metrics/?by=department&department=%00", "metrics/?by=doctor&doctor=%00",
        "metrics/figure/?metric=cmi&by=drg&drg=%00", "cases/?q=%00",
    ):  # fmt: skip
        assert client.get(f"{HOME}/{page}").status_code < 500, page


def test_a_list_is_sorted_only_by_columns_that_say_so(scene: World) -> None:
    client = browser(scene, "luo")
    for column in ("what", "box", "state", "nothing", "month"):
        answer = client.get(f"{HOME}/work-queue/?view=all&sort={column}")
        assert answer.status_code == 200, column
