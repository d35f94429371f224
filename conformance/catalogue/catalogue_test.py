#!/usr/bin/env python3
"""Each fault that the catalogue must see, made by hand."""
import sys
import unittest

sys.dont_write_bytecode = True
import catalogue  # noqa: E402


def text(name, said):
    return {"id": name, "section": "page: section", "level": catalogue.level(said), "text": said,
            "text_hash": catalogue.text_hash(said)}


def row(name, said, testability="codec", roles="reader", note=""):
    return {**text(name, said), "roles": roles, "testability": testability, "note": note}


ID, SAID = "one", "It MUST be refused."


class TextSide(unittest.TestCase):
    def faults(self, found, table, exercised=None):
        return list(catalogue.text_faults({t["id"]: t for t in found}, {r["id"]: r for r in table}, exercised or {}))

    def test_a_reviewed_row_is_no_fault(self):
        self.assertEqual(self.faults([text(ID, SAID)], [row(ID, SAID)]), [])

    def test_a_changed_text_is_seen_and_white_space_is_not(self):
        self.assertIn("changed", self.faults([text(ID, "It MUST NOT be refused.")], [row(ID, SAID)])[0])
        self.assertEqual(self.faults([text(ID, SAID.replace(" ", "  "))], [row(ID, SAID)]), [])

    def test_new_removed_and_unknown_ids_are_seen(self):
        self.assertIn("is new", self.faults([text(ID, SAID)], [])[0])
        self.assertIn("no longer", self.faults([], [row(ID, SAID)])[0])
        self.assertIn("named by a vector", self.faults([], [], {ID: [1, 0]})[0])

    def test_roles_and_testability_are_of_the_lists(self):
        self.assertIn("roles", self.faults([text(ID, SAID)], [row(ID, SAID, roles="")])[0])
        self.assertIn("testability", self.faults([text(ID, SAID)], [row(ID, SAID, testability="")])[0])
        self.assertIn("fact", self.faults([text(ID, SAID)], [row(ID, SAID, testability="fact")])[0])

    def test_what_is_not_met_yet_needs_a_note(self):
        said = SAID + " *Not met yet*."
        self.assertIn("note", self.faults([text(ID, said)], [row(ID, said)])[0])
        self.assertEqual(self.faults([text(ID, said)], [row(ID, said, note="nothing")]), [])


class RunSide(unittest.TestCase):
    def faults(self, one, executed, exercised=None):
        return list(catalogue.run_faults({one["id"]: one}, executed, exercised or {}))

    def test_an_executed_one_with_a_flawed_vector_is_no_fault(self):
        self.assertEqual(self.faults(row(ID, SAID), {ID: {"case"}}, {ID: [0, 1]}), [])

    def test_what_no_test_executed_is_seen(self):
        self.assertIn("no passing test", self.faults(row(ID, SAID, "behaviour"), {})[0])
        self.assertIn("no passing test", self.faults(row(ID, "It is 7.", "codec"), {})[0])
        self.assertEqual(self.faults(row(ID, SAID, "inspection"), {}), [])
        self.assertEqual(self.faults(row(ID, "It SHOULD be 7.", "behaviour"), {}), [])

    def test_a_must_that_octets_can_break_needs_a_flawed_vector(self):
        self.assertIn("flawed", self.faults(row(ID, SAID), {ID: {"case"}}, {ID: [3, 0]})[0])

    def test_an_unknown_id_in_a_test_is_seen(self):
        self.assertIn("defined nowhere", self.faults(row(ID, SAID, "inspection"), {"another": {"case"}})[0])


if __name__ == "__main__":
    unittest.main()
