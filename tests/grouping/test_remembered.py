"""The conditions a person last used are offered again, to that person only, and never a patient's number."""

from __future__ import annotations

from tests.grouping.scene import HOME, browser, pages, store, text
from tests.world import World


def test_last_conditions_are_offered_again_to_their_person_only(scene: World) -> None:
    store(scene, pages(scene, 1))
    client = browser(scene, "lin")
    assert "as last time" not in text(client.get(f"{HOME}/work-queue/"))
    client.get(f"{HOME}/work-queue/?cause=charges&month=2026-10&record=R00000&view=all")
    page = text(client.get(f"{HOME}/work-queue/"))
    assert "Conditions as last time: cause, month" in page
    assert "cause=charges&amp;month=2026-10&amp;view=all" in page and "R00000" not in page
    assert "as last time" not in text(client.get(f"{HOME}/work-queue/?cause=charges"))
    other = browser(scene, "wu")
    other.cookies.update(client.cookies)
    other.cookies["sessionid"] = browser(scene, "wu").cookies["sessionid"].value
    assert "as last time" not in text(other.get(f"{HOME}/work-queue/"))


def test_a_cookie_that_was_changed_says_nothing(scene: World) -> None:
    client = browser(scene, "lin")
    client.cookies[f"last-work-queue-{scene.lin.pk}"] = "cause=charges:bad:bad"
    assert "as last time" not in text(client.get(f"{HOME}/work-queue/"))


def test_both_lists_of_work_take_keys(scene: World) -> None:
    client = browser(scene, "han")
    for page in ("work-queue/", "cases/"):
        shown = text(client.get(f"{HOME}/{page}"))
        assert "keys.js" in shown and "By keyboard" in shown
