"""Every screen a role can reach by following links, one of each kind, photographed whole."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, Page

from tests.pictures.site import settled, visitor

ROLES = {
    "visitor": None,
    "coordinator": "coordination@demo.test",
    "finance": "finance.bagneux@demo.test",
    "finance-other": "finance.sceaux@demo.test",
    "landlord-a": "bailleur.a@demo.test",
    "landlord-b": "bailleur.b@demo.test",
    "state": "etat@demo.test",
    "copil": "copil@demo.test",
    "admin": "admin@demo.test",
}
# Addresses nothing links to: a form's select goes to them, or nobody. They may be refused, a link may not.
STARTS = ("/", "/connexion", "/nulle-part", "/bilan/blagis/2025", "/bilan/blagis/2027", "/bilan/blagis/2024")
# What is no page: a file, the API.
NO_PAGE = re.compile(r"\.(xlsx|pdf|json|csv|annotated)$|^/api/|^/static/")
# What names one among many: one number stands for all. A year of the balance sheet is a screen of its own.
ONE_OF_MANY = re.compile(r"(?<=/)(?!20\d\d(/|$))\d+(?=/|$)")
ENOUGH = 120

WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return "";
    const wide = [...document.querySelectorAll("body *")].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && box.right > room + 1 && !one.closest(".table-wrap, .visually-hidden");
    });
    const told = wide.slice(-3).map(one => `${one.tagName.toLowerCase()}.${one.className}`);
    return `${document.documentElement.scrollWidth} px in ${room}: ${told.join(", ")}`;
}"""


def kind_of(address: str) -> str:
    """What is the same screen: the path with its numbers left out, and the names of its parameters."""
    parts = urlsplit(address)
    path = ONE_OF_MANY.sub("n", parts.path)
    names = sorted({name if value.isdigit() else f"{name}={value}" for name, value in parse_qsl(parts.query)})
    # Filters, sorts and pages show the same list again.
    listed = [name for name in names if not re.match(r"(sort|page|page_size|next|[a-z_]+_id|status|kind)\b", name)]
    return path + ("?" + "&".join(listed) if listed else "")


def crawl(browser: Browser, site: str, role: str, width: int, folder: Path) -> list[str]:
    """Photograph this role's screens at this width; what is wrong with them."""
    faults = []
    place = folder / f"{role}-{width}"
    place.mkdir(parents=True, exist_ok=True)
    with visitor(browser, site, ROLES[role], width) as (page, watch):
        waiting, seen = list(STARTS), {kind_of(start) for start in STARTS}
        while waiting and len(seen) < ENOUGH:
            address = waiting.pop(0)
            status = settled(page, address)
            told = watch.reports.copy()
            watch.reports.clear()
            if status >= (500 if address in STARTS else 400):
                told.append(f"answers {status}")
            wide = page.evaluate(WIDE)
            if wide:
                told.append(f"scrolls sideways, {wide}")
            faults += [f"{role} {width} {address}: {fault}" for fault in told]
            # A field that took the focus scrolled the page: a head that sticks would be painted where it stood.
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=place / _file(address), full_page=True)
            waiting += _new(page, site, seen)
        print(f"{role} at {width}: {len(list(place.glob('*.png')))} screens", flush=True)
    return faults


def _new(page: Page, site: str, seen: set[str]) -> list[str]:
    """The addresses this page links to whose kind was not seen yet, now marked as seen."""
    found = []
    for href in page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.href)"):
        if not href.startswith(site + "/"):
            continue
        address = urlsplit(href.removeprefix(site))._replace(fragment="").geturl()
        if NO_PAGE.search(urlsplit(address).path) or kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        found.append(address)
    return found


def _file(address: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "accueil"
    return f"{words[:100]}.png"
