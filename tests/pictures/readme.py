"""The pictures the README shows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.pictures.png import packed
from tests.pictures.site import settled, visitor

LARGEST = 250_000


@dataclass(frozen=True)
class Picture:
    """One picture: its file, who looks, how wide and how high, and the way there from the home page."""

    file: str
    email: str
    width: int
    height: int
    go: Callable[[Page], None]


def _open(link: str, start: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        settled(page, start)
        page.locator("#content").get_by_role("link", name=link).first.click()
        page.wait_for_load_state("load")

    return go


def _at(address: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        settled(page, address)

    return go


COORDINATION, OFFICER, LANDLORD = "coordination@demo.test", "finance.bagneux@demo.test", "bailleur.a@demo.test"

PICTURES = (
    Picture("home.png", COORDINATION, 1440, 900, _at("/")),
    Picture("projects.png", OFFICER, 1440, 1000, _at("/projets")),
    Picture("project.png", OFFICER, 1440, 1100, _open("Halle des sports", "/projets")),
    Picture("file.png", LANDLORD, 1440, 1100, _open("Bagneux", "/tfpb?year=2026")),
    Picture("board.png", COORDINATION, 1440, 1000, _at("/tfpb/completude?year=2025")),
    Picture("balance.png", COORDINATION, 1440, 1100, _at("/bilan/blagis/2025")),
    Picture("balance-360.png", "copil@demo.test", 360, 1200, _at("/bilan/blagis/2025")),
)


def take(browser: Browser, site: str, picture: Picture, folder: Path) -> str:
    """Photograph the top of the page; one line that says what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    with visitor(browser, site, picture.email, picture.width) as (page, _watch):
        picture.go(page)
        page.evaluate("document.fonts.ready")
        clip = {"x": 0, "y": 0, "width": picture.width, "height": picture.height}
        content = packed(page.screenshot(full_page=True, clip=clip))
        told = f"{picture.file}: {len(content) // 1000} kB, {page.url.removeprefix(site)}"
    if len(content) > LARGEST:
        raise SystemExit(f"{told}: larger than {LARGEST // 1000} kB")
    (folder / picture.file).write_bytes(content)
    return told
