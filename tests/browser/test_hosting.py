"""What docs/nginx.conf sets in front of the app: the app works with it, in Chromium."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.test_draw import photo
from tests.conftest import ROOT, wait_run, watched_page

# Where the policy was broken: the directive, and what was stopped.
BROKEN = """window.broken = [];
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  window.broken.push(`${effectiveDirective} ${blockedURI.slice(0, 80)}`));"""


def policy() -> str:
    config = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    (found,) = re.findall(r'add_header Content-Security-Policy "([^"]+)" always;', config)
    return found


def test_the_policy_is_strict() -> None:
    rules = {name: words for name, *words in (rule.split() for rule in policy().split("; "))}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:", "*"} & set(rules["script-src"])
    assert not any(word.startswith(("http", "*")) for words in rules.values() for word in words)


def large_photo() -> bytes:
    """More than a browser may send as it is: 1 MB."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(photo())) as image:
        image.resize((1000, 1000)).save(file, "BMP")
    return file.getvalue()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    with watched_page(browser) as page:
        yield page


def test_the_app_works_under_the_policy(visitor: Page, server: str) -> None:
    def under_it(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": policy()}
        route.fulfill(response=answer, headers=headers)

    visitor.add_init_script(BROKEN)
    # A policy comes with the document, whose address has no ending.
    visitor.route(re.compile(rf"^{server}/\w*(\?[^.]*)?$"), under_it)
    # What a route answers is from nowhere, which Chromium lets connect to this machine if asked.
    visitor.context.grant_permissions(["local-network-access"])
    for path, shown in (
        ("/?sample=7b", ".code-bars[data-revision]"),
        ("/compare?view=ladder", ".plot .trace"),
        ("/explore?view=map", ".code-map[data-revision] canvas.map"),
        ("/train", ".film"),
    ):
        arrived = visitor.goto(server + path)
        assert arrived and arrived.headers["content-security-policy"] == policy()
        visitor.locator(shown).first.wait_for()
        wait_run(visitor)
        if path == "/?sample=7b":  # a photograph, which the browser makes smaller
            photograph = {"name": "7.bmp", "mimeType": "image/bmp", "buffer": large_photo()}
            visitor.locator(".upload input").set_input_files(photograph)
            expect(visitor.get_by_text("Choose a part of the picture")).to_be_visible()
        assert visitor.evaluate("window.broken") == [], path


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_cookie_is_secure_where_the_page_is(scheme: str, visitor: Page) -> None:
    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(path=ROOT / "static" / name)
        else:
            route.fulfill(body='<div class="st-key-frame"></div>', content_type="text/html")

    visitor.route("**/*", answer)
    visitor.goto(f"{scheme}://gargalo.example.org/")
    visitor.evaluate("""async () => {
      const { default: settle } = await import("/browser.js");
      const data = { link: "", language: "en", view: null, told: "", cookie: "a=b; Path=/" };
      settle({ data, parentElement: { host: document.body } });
    }""")
    (cookie,) = visitor.context.cookies()
    assert (cookie["name"], cookie["value"], cookie["secure"]) == ("a", "b", scheme == "https")
