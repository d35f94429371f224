#!/usr/bin/env python3
"""Assembles the site's sources from the tree: the pages as they are, those made from registries, headers, OpenAPI and the
transfer table, and the configuration with the navigation.

  assemble.py FOLDER     writes FOLDER/src and FOLDER/mkdocs.yml
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import diagrams
import prose as md
import pages_api
import pages_errors
import pages_headers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AREAS = ("sdk", "gateway", "adapters", "conformance", "tests")
GUIDES = ("first-transfer-api", "first-transfer-cli", "first-transfer-sdk", "run-a-gateway", "write-a-ledger-adapter",
          "verify-evidence")
CODE = {".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".csv": "text", ".fbs": "text", ".yaml": "yaml", ".txt": "text",
        ".sh": "bash", ".json": "json", ".toml": "toml", ".sol": "text"}
MOST_SHOWN = 200_000  # octets of a file that gets a page of its own


def listed():
    """Every page of the tree, as paths from its root."""
    done = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True)
    found = done.stdout.splitlines()
    if done.returncode != 0:  # a source archive
        found = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*.md") if not {"node_modules", "build"} & set(p.parts)]
    return sorted(p for p in found if (ROOT / p).exists() and not p.startswith("docs/site/"))


def place(path):
    """Where a page of the tree stands on the site."""
    if path == "docs/README.md":
        return "index.md"
    if path == "README.md":
        return "project/README-of-the-tree.md"
    if "/" not in path or path == "docs/progress.md":
        return "project/" + path.split("/")[-1].lower()
    if path.startswith("docs/"):
        return path[len("docs/"):]
    return path


class Site:
    def __init__(self, folder):
        self.folder, self.source = folder, folder / "src"
        shutil.rmtree(self.source, ignore_errors=True)
        self.texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in listed()}
        self.places = {path: place(path) for path in self.texts}
        self.homes, self.titles = {}, {}
        for path, text in self.texts.items():
            for line in text.splitlines():
                defined = md.DEFINED.match(line)
                if defined:
                    self.homes[defined[1]] = self.places[path]

    def write(self, page, text, source=""):
        """A page: links follow, requirement ids are linked, blocks stand apart."""
        text = md.with_links(text, source or page, page, lambda path: self.resolve(path, bool(source)))
        text = md.with_requirements(text, page, self.homes)
        self.titles[page] = md.title(text, page)
        self.put(page, md.apart(text))

    def put(self, page, text):
        target = self.source / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def resolve(self, path, in_tree=True):
        """The page of the site for what a link of the tree points at; None where there is none."""
        if not in_tree:
            return path
        if path in GENERATED:
            return GENERATED[path]
        if path in self.places:
            return self.places[path]
        if f"{path}/README.md" in self.places:
            return self.places[f"{path}/README.md"]
        file = ROOT / path
        if path.startswith("..") or not file.is_file() or file.suffix not in CODE or file.stat().st_size > MOST_SHOWN:
            return None
        return self.shown(path)

    def shown(self, path):
        """A file of the tree as a page of its own."""
        page = f"files/{path}.md"
        if page not in self.titles:
            self.titles[page] = path
            self.put(page, f"# {path}\n\n`````{CODE[(ROOT / path).suffix]}\n{(ROOT / path).read_text(encoding='utf-8')}\n`````\n")
        return page


GENERATED = {"spec/openapi.yaml": "reference/api.md", "spec/registry/errors.csv": "reference/errors.md",
             "spec/registry/reasons.csv": "reference/errors.md"}


def images(site):
    """The diagrams as files, and chapter 04 with one in the place of its own drawing."""
    chapter = "spec/04-transfer.md"
    table = diagrams.rows(site.texts[chapter])
    made = {"sequence": diagrams.sequence_diagram(table), "sender": diagrams.state_diagram(table, diagrams.SENDER_FIRST),
            "recipient": diagrams.state_diagram(table, diagrams.RECIPIENT_FIRST)}
    for name, svg in made.items():
        site.put(f"diagrams/{name}.svg", svg)
    picture = "".join(f"![The {name}'s states](../diagrams/{name}.svg){{ .diagram }}\n\n" for name in ("sender", "recipient"))
    site.texts[chapter] = re.sub(r"```mermaid\n.*?```\n", lambda _: picture, site.texts[chapter], flags=re.S)
    site.write("diagrams/README.md", f"""# Diagrams
Drawn from the table of [chapter 04](../spec/04-transfer.md), which is the table that the gateway runs.

## A transfer that completes
![Messages between the gateways](sequence.svg){{ .diagram }}

## The sender's states
The blue way is the way forward; red ends undone, yellow waits for somebody.

![The sender's states](sender.svg){{ .diagram }}

## The recipient's states
![The recipient's states](recipient.svg){{ .diagram }}

## Every transition
| in state | on | goes to | and does | id |
|---|---|---|---|---|
""" + "".join(f"| {' | '.join(row)} |\n" for row in table))


def requirements(site):
    """Every requirement, linked to its text."""
    import csv
    with open(ROOT / "conformance/catalogue/requirements.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] in site.homes]
    text = (f"# Requirements\n{len(rows)} requirements; who must meet them and how each is tested. `./run catalogue` prints "
            "which of them the tests executed.\n\n| id | level | roles | tested by | where |\n|---|---|---|---|---|\n")
    for row in rows:
        text += f"| {row['id']} | {row['level']} | {row['roles']} | {row['testability']} | {row['section']} |\n"
    site.write("reference/requirements.md", text)


def navigation(site):
    def under(prefix):
        return sorted(p for p in site.titles if p.startswith(prefix))

    def entry(page):
        return {site.titles[page]: page}

    def area(name):
        return {name: [entry(p) for p in sorted(under(f"{name}/"), key=lambda p: (p.count("/"), p))]}

    chapters = [p for p in under("spec/") if re.match(r"spec/\d", p)]
    return [{"Home": "index.md"},
            {"Guides": [entry(f"guides/{g}.md") for g in GUIDES]},
            {"Specification": [*map(entry, chapters), {"Registries": "spec/registry/README.md"},
                               {"Test vectors": "spec/vectors/README.md"}, {"Diagrams": "diagrams/README.md"},
                               {"Requirements": "reference/requirements.md"}]},
            {"Reference": [{"API": "reference/api.md"}, {"Errors": "reference/errors.md"},
                           {"SDK": [entry(p) for p in under("reference/sdk/")]},
                           {"Commands": "sdk/cli/README.md"}, {"Gateway: configuration, operation": "gateway/README.md"}]},
            {"Inside": [area(name) for name in AREAS] + [{"decisions": [entry(p) for p in under("adr/")]}]},
            {"Project": [entry(p) for p in under("project/")]},
            {"Files": [entry(p) for p in under("files/")]}]


def main(folder):
    import yaml
    site = Site(Path(folder).resolve())
    images(site)
    pages = dict(site.places)
    for path, page in pages.items():
        site.write(page, site.texts[path], path)
    site.write("reference/errors.md", pages_errors.page(ROOT))
    site.write("reference/api.md", pages_api.page(ROOT / "spec/openapi.yaml"))
    site.put("reference/openapi.yaml", (ROOT / "spec/openapi.yaml").read_text(encoding="utf-8"))
    for name, text in pages_headers.pages(ROOT):
        site.write(f"reference/sdk/{name}.md", text)
    requirements(site)
    shutil.copy(HERE / "site.css", site.source / "site.css")
    config = (HERE / "mkdocs.yml").read_text(encoding="utf-8")
    config += f"docs_dir: {site.source}\nsite_dir: {site.folder / 'site'}\n"
    config += yaml.safe_dump({"nav": navigation(site)}, sort_keys=False, allow_unicode=True, width=1000)
    (site.folder / "mkdocs.yml").write_text(config, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 2 else __doc__)
