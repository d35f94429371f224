#!/usr/bin/env python3
"""Checks a built site: every link and anchor leads somewhere inside it, and nothing is fetched from elsewhere.

  check_site.py SITE     exit status 1 and a line per fault
"""
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
# Text that a theme's script could fetch at view time.
FOREIGN = ("unpkg.com", "jsdelivr", "googleapis", "gstatic", "cdnjs")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.fetched = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name in ("id", "name"):
            if attributes.get(name) and (name == "id" or tag == "a"):
                self.ids.add(attributes[name])
        if tag in ("a", "area") and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "link" and attributes.get("href") and attributes.get("rel") in ("stylesheet", "icon", "preload"):
            self.fetched.append(attributes["href"])
        if tag in FETCHED and attributes.get(FETCHED[tag]):
            self.fetched.append(attributes[FETCHED[tag]])


def main(site):
    site = Path(site).resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    faults, looked_up = [], 0
    for path, page in pages.items():
        name = path.relative_to(site)
        if name.name == "404.html":  # served from any depth, so its links are absolute
            continue
        for target in page.fetched:
            if urlsplit(target).netloc or target.startswith("//"):
                faults.append(f"{name}: fetches {target}")
        for target in page.links + page.fetched:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            looked_up += 1
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if goal.is_dir():
                goal /= "index.html"
            if not goal.is_file() or site not in goal.parents:
                faults.append(f"{name}: {target} is not there")
            elif parts.fragment and goal in pages and unquote(parts.fragment) not in pages[goal].ids:
                faults.append(f"{name}: {target} has no such anchor")
    for path in [*site.rglob("*.css"), *pages]:
        for word in FOREIGN:
            if word in path.read_text(encoding="utf-8", errors="replace"):
                faults.append(f"{path.relative_to(site)}: names {word}")
    print("\n".join([*faults, f"{len(pages)} pages, {looked_up} links inside them, {len(faults)} faults"]))
    return 1 if faults or not pages else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 2 else __doc__)
