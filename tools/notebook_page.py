"""What does somebody see who opens a notebook in JupyterLab?

    with lab(Path("notebooks")) as server, browser() as chromium:
        page = NotebookPage(chromium, server, "01_the_market.ipynb")
        page.run_all()
        page.screenshot(Path("market.png"))

The browser is the Chromium that the system has, with a fresh profile. The notebook is never
saved, so the file on disk stays as it was.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.lab_server import Server

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CLOCK = """view => {
    if (!view.moves) {
        view.moves = [];
        let pressed = 0;
        view.addEventListener('keydown', () => { pressed = performance.now(); }, true);
        const changed = list => {
            const drawn = list.some(change => change.addedNodes.length &&
                [...change.addedNodes].some(node => node.nodeName.toLowerCase() === 'svg'));
            if (drawn && pressed) {
                const start = pressed;
                requestAnimationFrame(() => view.moves.push(performance.now() - start));
            }
        };
        new MutationObserver(changed).observe(view, {childList: true, subtree: true});
    }
    return view.moves.length;
}"""
RUNNING = (
    "() => [...document.querySelectorAll('.jp-InputPrompt')].some(p => /\\*/.test(p.innerText))"
)


def why_no_browser() -> str | None:
    """Say why no notebook can be opened here; None when one can."""
    try:
        import playwright.sync_api  # noqa: F401  (only whether it is there)
    except ImportError:
        return "playwright is not installed (pip install playwright)"
    if chromium_path() is None:
        return "no chromium on the PATH (Debian: apt-get install chromium)"
    return None


def chromium_path() -> str | None:
    """The Chromium that the system has."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@contextlib.contextmanager
def browser(width: int = 1366, height: int = 768) -> Iterator[Any]:
    """A browser window with a profile of its own: Playwright's persistent context."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory(prefix="profile-", ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium_path(),
            headless=True,
            args=list(CHROMIUM_FLAGS),
            viewport={"width": width, "height": height},
        )
        try:
            yield context
        finally:
            context.close()


class NotebookPage:
    """One notebook, open in JupyterLab, with a record of what the page said and fetched.

    Parameters
    ----------
    context : playwright.sync_api.BrowserContext
    server : Server
    notebook : str
        Path of the notebook inside the server's folder.
    patience : float
        Seconds to wait for anything before giving up.
    """

    def __init__(self, context: Any, server: Server, notebook: str, patience: float = 60) -> None:
        self.console_errors: list[str] = []
        self.requests_outside: list[str] = []
        self._milliseconds = patience * 1000
        self.page = context.new_page()
        self.page.set_default_timeout(self._milliseconds)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("request", lambda request: self._fetched(request.url))
        self.page.on("websocket", lambda socket: self._fetched(socket.url))
        self.page.goto(server.page(notebook))
        self._start_kernel()

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _fetched(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.requests_outside.append(url)

    def _start_kernel(self) -> None:
        """A notebook that names no kernel is asked for one: the offered one is this Python's."""
        offer = self.page.locator(".jp-Dialog button.jp-mod-accept")
        offer.or_(self._idle()).first.wait_for()
        if offer.is_visible():
            offer.click()
        self._idle().wait_for()

    def _idle(self) -> Any:
        return self.page.locator("#jp-main-statusbar", has_text="| Idle")

    def run_all(self) -> None:
        """Run every cell, and wait until all have finished."""
        from playwright.sync_api import TimeoutError

        self.page.locator(".jp-Notebook").first.wait_for()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(TimeoutError):  # done before anybody could see it run
            self.page.wait_for_function(RUNNING, timeout=5000)
        self.page.wait_for_function(f"() => !({RUNNING})()", timeout=self._milliseconds)
        self._idle().wait_for()
        self.page.wait_for_timeout(500)  # widgets arrive after the kernel has finished

    def errors_in_cells(self) -> list[str]:
        """The last line of every traceback and all that cells wrote to stderr."""
        errors = self.page.locator(
            '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"],'
            '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
        )
        return [text.strip().splitlines()[-1] for text in errors.all_inner_texts()]

    def hide_sidebar(self) -> None:
        """Give the notebook the whole width."""
        if self.page.locator("#jp-left-stack").is_visible():
            self.page.keyboard.press("Control+b")
            self.page.wait_for_timeout(300)

    def screenshot(self, file: Path) -> None:
        """Store what is in view."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file)

    def screenshots(self, file: Path, most: int = 60) -> list[Path]:
        """Store the whole notebook as numbered pictures, from top to bottom."""
        stored: list[Path] = []
        for top in self._screenfuls()[:most]:
            self.page.evaluate("([pane, top]) => pane.scrollTo(0, top)", [self._pane(), top])
            self.page.wait_for_timeout(150)
            stored.append(file.with_stem(f"{file.stem}-{len(stored) + 1:02d}"))
            self.screenshot(stored[-1])
        return stored

    def _pane(self) -> Any:
        """The part of the page that scrolls."""
        return self.page.evaluate_handle("""() => {
            let pane = document.querySelector('.jp-NotebookPanel-notebook .jp-Cell');
            while (pane && !(pane.scrollHeight > pane.clientHeight + 1
                   && /auto|scroll/.test(getComputedStyle(pane).overflowY))) {
                pane = pane.parentElement;
            }
            return pane || document.scrollingElement;
        }""")

    def _screenfuls(self) -> list[int]:
        height, seen = self.page.evaluate(
            "pane => [pane.scrollHeight, pane.clientHeight]", self._pane()
        )
        last = max(height - seen, 0)
        return [*range(0, last, max(int(seen * 0.95), 1)), last]

    def press(self, view: Any, key: str) -> float:
        """Press a key on the slider of a live view; return seconds until its picture changed.

        The clock runs in the page, from the key to the frame after the picture has changed.
        """
        view.locator(".noUi-handle").first.focus()
        moves = view.evaluate(CLOCK)
        self.page.keyboard.press(key)
        self.page.wait_for_function(
            "([view, moves]) => view.moves.length > moves", arg=[view.element_handle(), moves]
        )
        return view.evaluate("view => view.moves.at(-1)") / 1000

    def live_views(self, least: int = 1) -> list[Any]:
        """The live views of the notebook, from top to bottom; waits until ``least`` are there."""
        views = self.page.locator(".crmlab-live")
        views.nth(least - 1).locator("svg[role=img]").wait_for()
        return views.all()
