#!/usr/bin/env python3
"""Bad input against real processes: each has its answer, every process lives on, and no ledger has moved."""

import argparse
import subprocess
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import hostile_journal  # noqa: E402
import hostile_octets  # noqa: E402
from hostile_octets import order_of  # noqa: E402
from ustp_world.api import ApiError, admin  # noqa: E402
from ustp_world.kills import PointFailed, Route, demand  # noqa: E402
from ustp_world.world import World  # noqa: E402


class Checks:
    def __init__(self, world):
        self.world, self.count, self.failed = world, 0, 0
        self.picture = None

    def settle(self):
        """From here on no ledger may move."""
        self.picture = self.world.picture()

    def __call__(self, name, holds, detail=""):
        self.count += 1
        self.failed += not holds
        if not holds:
            print(f"  FAILED {name}  {detail}", flush=True)

    def unmoved(self, name):
        for process in [*self.world.gateways, *self.world.ledgers]:
            self(f"{process.id} lives after {name}", process.process.running())
        self(f"no ledger moved by {name}", self.world.picture() == self.picture)
        for gateway in self.world.gateways:
            self(f"{gateway.id} is ready after {name}", admin(gateway.admin_port, "/health/ready")[0] == 200)


def answer_of(api, order, key=None, headers=None):
    """(status, code, where) of an order that is sent once."""
    try:
        api.call("POST", "/v1/transfers", order, {"Idempotency-Key": key or str(uuid.uuid4())} | (headers or {}))
    except ApiError as e:
        return e.status, e.code, e.problem.get("pointer", "")
    return 201, "", ""


# ---- orders

def orders(check, world):
    """Each is refused at the order, with the field that is at fault."""
    api = world.gw_csd.api("bank-alice")
    lot = {"quantity": "1", "restriction": "lock_up"}
    cases = [
        ("an unknown account", {"beneficiary": "NOBODY"}, 422, "unknown_account", "/beneficiary"),
        ("a blocked account", {"beneficiary": "MALLORY"}, 422, "account_blocked", "/beneficiary"),
        ("somebody else's account", {"originator": "CAROL"}, 403, "account_not_owned", "/originator"),
        ("an unknown instrument", {"instrument": "US0378331005"}, 422, "unknown_instrument", "/instrument"),
        ("an ISIN with a wrong digit", {"instrument": "US0378331006"}, 422, "invalid_isin", "/instrument"),
        ("zero", {"quantity": "0"}, 422, "quantity_zero", "/quantity"),
        ("more than was issued", {"quantity": "1000001"}, 422, "quantity_too_large", "/quantity"),
        ("half a share", {"quantity": "0.5"}, 422, "inexact", "/quantity"),
        ("a number", {"quantity": 1}, 400, "malformed_text", "/quantity"),
        ("a negative quantity", {"quantity": "-1"}, 400, "malformed_text", "/quantity"),
        ("more than 128 bits", {"quantity": "9" * 60}, 422, "overflow", "/quantity"),
        ("the same ledger", {"target_ledger": world.csd.id, "beneficiary": "CAROL"}, 422, "same_ledger",
         "/target_ledger"),
        ("an unknown ledger", {"target_ledger": "moon-1"}, 422, "unknown_ledger", "/target_ledger"),
        ("a vote within 0 ms", {"vote_within_ms": 0}, 400, "out_of_range", "/vote_within_ms"),
        ("a vote within 8 days", {"vote_within_ms": 8 * 86_400_000}, 400, "out_of_range", "/vote_within_ms"),
        ("an unknown field", {"surprise": 1}, 400, "unknown_field", "/surprise"),
        ("a restriction nobody knows", {"lots": [lot | {"restriction": "moon"}]}, 400, "unknown_tag",
         "/lots/0/restriction"),
        ("lots that add up to something else", {"lots": [{"quantity": "2"}]}, 422, "lots_sum", "/lots")]
    for name, change, *expected in cases:
        got = answer_of(api, order_of(world, **change))
        check(name, got == tuple(expected), f"{got} instead of {tuple(expected)}")


def restricted(check, world):
    """A restricted lot may not go where lots are not carried: the CSD."""
    bob = world.gw_eth.api("bank-bob")
    order = order_of(world, originator=world.bob, beneficiary="CAROL", target_ledger=world.csd.id)
    for restriction in ("lock_up", "private_placement", "insider", "regulatory"):
        got = answer_of(bob, order | {"lots": [{"quantity": "1", "restriction": restriction}]})
        check(f"a lot restricted by {restriction} to the CSD", got == (422, "lot_restricted", "/lots"), str(got))


def ends_aborted(check, world, name, gateway, participant, order, code):
    """Form and rules are in order: the other side or the ledger refuses, and both sides end without an effect."""
    started = gateway.api(participant).start(order)
    ended = gateway.api(participant).wait(started["id"], ("completed", "aborted"), 20)
    check(name, ended["status"] == "aborted" and (ended["reason"] or {}).get("code") == code, str(ended["reason"]))


def refused_later(check, world):
    ends_aborted(check, world, "more than the account holds", world.gw_csd, "bank-alice",
                 order_of(world, quantity="900000"), "insufficient_available")
    ends_aborted(check, world, "a return beyond what is outstanding", world.gw_corda, "bank-dave",
                 order_of(world, quantity="1", originator="DAVE", beneficiary="CAROL", target_ledger=world.csd.id),
                 "outstanding_exceeded")
    ends_aborted(check, world, "a vote within 1 ms", world.gw_csd, "bank-alice", order_of(world, vote_within_ms=1),
                 "deadline_expired")


def idempotency(check, world):
    api, key = world.gw_csd.api("bank-alice"), str(uuid.uuid4())
    try:
        api.call("POST", "/v1/transfers", order_of(world))
        check("no Idempotency-Key", False)
    except ApiError as e:
        check("no Idempotency-Key", (e.status, e.code) == (400, "idempotency_key_missing"), str(e))
    refusal = order_of(world, quantity="900000")  # is aborted at the lock: nothing moves
    started = api.start(refusal, key)
    api.wait(started["id"], ("aborted",), 20)
    check("the same key with another body", answer_of(api, order_of(world, quantity="2"), key)[:2] ==
          (422, "idempotency_payload"))
    check("the same key of another participant is another key",
          answer_of(world.gw_csd.api("bank-carol"), order_of(world, quantity="2"), key)[1] == "account_not_owned")
    try:
        world.gw_csd.api("bank-carol").call("GET", f"/v1/transfers/{started['id']}")
        check("somebody else's transfer", False)
    except ApiError as e:
        check("somebody else's transfer", (e.status, e.code) == (404, "not_found"), str(e))
    for path in (f"/v1/transfers/{started['id']}/evidence", f"/v1/transfers/{uuid.uuid4().hex}"):
        try:
            world.gw_csd.api("bank-carol").call("GET", path)
            check(path, False)
        except ApiError as e:
            check(path, e.status == 404, str(e))


def prepare(world):
    """A stranger's certificate, a blocked account, and some units on Ethereum's side."""
    subprocess.run([str(world.source / "tools/pki"), str(world.folder / "pki"), "--participant", "stranger"], check=True,
                   capture_output=True, timeout=60)
    world.announce([world.account_body("bank-bob", world.eth, "MALLORY", status="blocked")])
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 10)
    started = route.api().start(route.body())
    for api in (route.api(), route.target.api()):
        demand(api.wait(started["id"], ("completed", "aborted"), 30)["status"] == "completed", "the first transfer")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    began = time.monotonic()
    with World(options.build, seed=options.seed, ethereum="corda") as world:
        print(f"seed {world.seed}")
        world.start()
        prepare(world)
        check = Checks(world)
        check.settle()
        for part in (hostile_octets.identities, orders, restricted, refused_later, idempotency, hostile_octets.bodies,
                     hostile_octets.garbage):
            before = check.count
            try:
                part(check, world)
            except (PointFailed, ApiError, TimeoutError, OSError) as e:
                check(part.__name__, False, repr(e))
            check.unmoved(part.__name__)
            print(f"  {part.__name__:<16}{check.count - before:>4} checks  {time.monotonic() - began:6.1f} s", flush=True)
        for part in hostile_journal.PARTS:
            before = check.count
            try:
                part(check, world)
            except (PointFailed, ApiError, TimeoutError, RuntimeError, OSError) as e:
                check(part.__name__, False, repr(e))
            print(f"  {part.__name__:<16}{check.count - before:>4} checks  {time.monotonic() - began:6.1f} s", flush=True)
    print(f"{check.count} checks, {check.failed} FAILED; {time.monotonic() - began:.1f} s")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
