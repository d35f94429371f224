#!/usr/bin/env python3
"""The parts that the documentation site is made with. Python's standard library alone."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "docs/site"))
import diagrams  # noqa: E402
import pages_errors  # noqa: E402
import pages_headers  # noqa: E402
import prose  # noqa: E402


def check(**pages):
    """What the checker says of a site with these pages."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in pages.items():
            (Path(folder) / f"{name}.html").write_text(text)
        done = subprocess.run([sys.executable, SOURCE / "docs/site/check_site.py", folder], capture_output=True, text=True)
        return done.returncode, done.stdout


class Checker(unittest.TestCase):
    def test_a_site_whose_links_lead_somewhere_passes(self):
        status, told = check(a='<a href="b.html#x">b</a>', b='<p id="x">x</p><a href="#x">x</a>')
        self.assertEqual((status, "0 faults" in told), (0, True), told)

    def test_each_kind_of_fault_is_found(self):
        for text in ('<a href="gone.html">x</a>', '<a href="#gone">x</a>', '<a href="../../etc/passwd">x</a>',
                     '<img src="gone.png">', '<script src="https://unpkg.com/x"></script>', '<link rel="stylesheet" href="gone.css">'):
            with self.subTest(text):
                self.assertEqual(check(a=text)[0], 1)

    def test_a_site_without_pages_is_a_fault(self):
        self.assertEqual(check()[0], 1)


class Prose(unittest.TestCase):
    def test_a_list_after_a_paragraph_stands_apart(self):
        self.assertEqual(prose.apart("words\n- one\n- two\n"), "words\n\n- one\n- two\n")

    def test_code_stays_as_it_is(self):
        text = "```sh\nwords\n- one\n[a](b)\nUSTP-TRF-001\n```\n"
        self.assertEqual(prose.apart(text), text)
        self.assertEqual(prose.with_links(text, "a.md", "a.md", lambda path: None), text)
        self.assertEqual(prose.with_requirements(text, "a.md", {"USTP-TRF-001": "b.md"}), text)

    def test_a_definition_becomes_an_anchor_and_a_mention_a_link(self):
        text = prose.with_requirements("- **[USTP-TRF-001]** It follows USTP-TRF-002.\n", "spec/a.md",
                                       {"USTP-TRF-001": "spec/a.md", "USTP-TRF-002": "gateway/README.md"})
        self.assertIn('id="USTP-TRF-001"', text)
        self.assertIn("[USTP-TRF-002](../gateway/README.md#USTP-TRF-002)", text)

    def test_a_link_follows_its_page_or_leaves_its_words(self):
        places = {"spec/a.md": "x/a.md"}
        text = prose.with_links("[a](../spec/a.md#b) [c](gone.md)\n", "docs/p.md", "p.md", places.get)
        self.assertEqual(text, "[a](x/a.md#b) c\n")


class Pages(unittest.TestCase):
    def test_every_code_of_the_registry_has_its_anchor(self):
        page = pages_errors.page(SOURCE)
        codes = [row["name"] for row in pages_errors.rows(SOURCE / "spec/registry/errors.csv")]
        self.assertGreater(len(codes), 100)
        for code in codes:
            self.assertEqual(page.count(f"{{ #{code} }}"), 1, code)

    def test_what_the_command_advises_stands_with_its_code(self):
        page = pages_errors.page(SOURCE)
        self.assertIn("keep the files as they are", page.split("{ #journal_damaged }")[1].split("###")[0])

    def test_the_way_forward_ends_completed_and_received(self):
        table = diagrams.rows((SOURCE / "spec/04-transfer.md").read_text())
        steps = diagrams.way_forward(table)
        self.assertEqual({after for _, _, _, after, _ in steps} & {"completed", "received", "extinguishing", "ready"},
                         {"completed", "received", "extinguishing", "ready"})

    def test_every_state_of_the_table_is_drawn_on_one_side(self):
        table = diagrams.rows((SOURCE / "spec/04-transfer.md").read_text())
        sides = [diagrams.side(table, first) for first in (diagrams.SENDER_FIRST, diagrams.RECIPIENT_FIRST)]
        self.assertEqual(set(sides[0]) & set(sides[1]), set())
        self.assertEqual({row[0] for row in table} - {"none"} - set(sides[0]) - set(sides[1]), set())

    def test_every_public_header_is_in_the_reference(self):
        pages = dict(pages_headers.pages(SOURCE))
        for header in (SOURCE / "sdk/include/ustp").rglob("*.hpp"):
            self.assertIn(f"ustp/{header.parent.name}/{header.name}", pages[header.parent.name])
        self.assertIn("### Client", pages["client"])
        self.assertIn("### Driver", pages["ledger"])


if __name__ == "__main__":
    unittest.main()
