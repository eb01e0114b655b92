"""The running demo, and hands for its page. The modules name each other relatively, since `tests` is no package."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

# As tests/setup/find_browser.sh looks for one.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
BROWSER = next(filter(None, map(shutil.which, (*NAMES, MAC))), None)
PATIENCE_MS = 20_000
START_SECONDS = 90


@contextmanager
def demo(home: Path) -> Iterator[str]:
    """`haitun demo` on a home of its own; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAITUN_")}
    command = [str(Path(sys.executable).parent / "haitun"), "demo", "--port", str(port)]
    log = home.parent / f"{home.name}.log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            command, env={**kept, "HAITUN_HOME": str(home)}, cwd=home.parent, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(f"{url}/sandbox/"):
            if running.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.2)
        yield url
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def desk(url: str, *, width: int = 1440, height: int = 900, scale: float = 1) -> Iterator["Desk"]:
    """The sandbox page; at the end it must have had no error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        page = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=scale, timezone_id="Asia/Shanghai"
        )
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{url}/sandbox/")
        expect(page.locator(".phone")).to_have_count(5)
        yield Desk(page)
        assert not errors, errors
        browser.close()


class Desk:
    """Phones by the account of who holds them."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def switch(self, platform: str) -> None:
        """To the other platform's phones."""
        self.page.get_by_role("button", name=platform, exact=True).click()

    def phone(self, who: str) -> Locator:
        return self.page.locator(f".phone[data-who='{who}']")

    def says(self, who: str, text: str, *answers: str) -> None:
        """Types it, sends it, and waits for an answer that shows all of `answers`."""
        box = self.phone(who).get_by_role("textbox")
        box.fill(text)
        box.press("Enter")
        self.sees(who, *answers)

    def sees(self, who: str, *texts: str) -> Locator:
        """A message or card that shows all of `texts`."""
        row = self.phone(who).locator(".row:not(.self)")
        for text in texts:
            row = row.filter(has_text=text)
        expect(row.last).to_be_visible(timeout=PATIENCE_MS)
        return row.last

    def taps(self, who: str, button: str, *texts: str) -> None:
        """A button of the card that shows `texts`."""
        self.sees(who, *texts).get_by_role("button", name=button, exact=True).click()
        expect(self.phone(who).locator(".busy")).to_have_count(0, timeout=PATIENCE_MS)
