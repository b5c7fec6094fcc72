"""A real Chromium that gets its pages from memory: what templates render, with the product's own policy."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
HOST = "http://pages.test"
QUIET = ("no-sandbox", "disable-gpu", "disable-background-networking", "disable-sync", "no-first-run")
# What the middleware sends; the nonce of these pages is the one their requests carry.
POLICY = "; ".join(
    f"{name} " + " ".join("'nonce-n'" if "NONCE" in repr(source).upper() else source for source in sources)
    for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)

Answer = Callable[[Any], tuple[str, dict[str, str]]]
Opened = tuple[Any, list[str]]
RUN_AXE = "axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 120)))"


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser, ended afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=[f"--{word}" for word in (*QUIET, "disable-component-update")]
        )
        yield browser
        browser.close()


@contextmanager
def page(
    browser: Any, answer: Answer, *, width: int = 1440, theme: str = "light"
) -> Iterator[tuple[Any, list[str]]]:
    """A page at an address of nowhere and the list of what its console complains about."""
    context = browser.new_context(viewport={"width": width, "height": 812}, color_scheme=theme)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.route("**/*", lambda route: _fulfil(route, answer))
    yield opened, complaints
    context.close()


def _fulfil(route: Any, answer: Answer) -> None:
    path = route.request.url.removeprefix(HOST).split("?")[0].split("#")[0]
    if path.startswith(settings.STATIC_URL):
        file = Path(finders.find(path.removeprefix(settings.STATIC_URL)))
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "text/plain")
        return
    body, headers = answer(route.request)
    headers = {"Content-Security-Policy": POLICY, **headers}
    route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)


def violations(opened: Any) -> list[str]:
    """What axe-core finds wrong on the page as it is now."""
    session = opened.context.new_cdp_session(opened)  # past the page's policy, as an extension would
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    wanted = {"expression": RUN_AXE, "awaitPromise": True, "returnByValue": True}
    found = session.send("Runtime.evaluate", wanted)
    return list(found["result"]["value"])
