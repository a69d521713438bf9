"""What a browser tells of a page: words on the console, requests, pop-ups, barriers."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


class Witness:
    """Notes what a page says on the console, asks of the network, and pops up."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.popped: list[str] = []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.context.on("request", lambda request: self.asked.append(request.url))

    def _dialog(self, dialog: Any) -> None:
        self.popped.append(dialog.message)
        dialog.dismiss()

    def outside(self, home: str) -> list[str]:
        """Requests that went anywhere but to the server."""
        return [url for url in self.asked if not url.startswith((home, "data:"))]


def settled(page: Page) -> None:
    """Waits until nothing is loading any more."""
    page.wait_for_load_state("networkidle")


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds serious or critical: (rule, the first places)."""
    return [
        (found["id"], [node["html"][:160] for node in found["nodes"][:3]])
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
