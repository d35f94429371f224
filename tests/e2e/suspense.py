#!/usr/bin/env python3
"""The beneficiary loses eligibility after the recipient has voted: the transfer is not aborted, the units rest in suspense,
and leave it by themselves when the account is open again (decision 16). Once to each ledger. Both identities hold at rest."""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.kills import Order, PointFailed, Route, demand  # noqa: E402
from ustp_world.ledgers import Ethereum  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 40


def account_statement(route, status):
    world, ledger = route.world, route.target.ledger
    owner = next(p for p, where, a in world.accounts if where is ledger and a == route.beneficiary)
    return world.account_body(owner, ledger, route.beneficiary, status=status)


def suspended_units(route):
    return route.units_at(route.target, route.target.ledger.suspense)


def into_suspense(route):
    """The recipient has voted, in its journal alone, and is down while the account is blocked."""
    world, victim = route.world, route.target
    victim.process.stop()
    victim.start("ustp-gateway-faulty", ["--kill-at", "durable:ready"])
    order = Order(route.api(), route.body(), PATIENCE)
    demand(victim.process.child.wait(PATIENCE) == -9, f"{victim.id} was not killed at its vote")
    if victim is world.gw_csd:  # the announcement needs a home gateway: the statement is in its folder when it starts
        world.sign([account_statement(route, "blocked")])
    else:
        world.announce([account_statement(route, "blocked")])
    victim.start()
    return order.id()


def story(route):
    world, began = route.world, time.monotonic()
    source, target = route.balances()
    held = suspended_units(route)
    transfer_id = into_suspense(route)
    there = route.target.api().wait(transfer_id, ("suspense", "completed", "aborted"), PATIENCE)
    demand(there["status"] == "suspense", f"{route.target.id} says {there['status']}")
    reason = there.get("reason") or {}
    demand(reason.get("code") == "not_eligible" and "TOK-R17" in reason.get("detail", ""), f"the reason is {reason}")
    here = route.api().wait(transfer_id, ("completed", "aborted"), PATIENCE)
    demand(here["status"] == "completed", f"the sender, who never creates again, says {here['status']}")
    # The sender's evidence holds the recipient's disposition; what both gateways signed verifies offline.
    bundle = world.folder / "suspense.ustp"
    bundle.write_bytes(route.api().evidence(transfer_id))
    told = world.tool("verify", bundle, "--authority", "association", "--authority-key",
                      world.folder / "authority.pem.pub.pem")
    demand("suspen" in told.lower(), f"the sender's evidence does not tell of suspense:\n{told}")
    demand(route.balances() == (source - route.units, target), f"balances {route.balances()}")
    demand(suspended_units(route) == held + route.units, f"in suspense {suspended_units(route)}")
    world.check()
    rest = time.monotonic() - began
    # A restart changes nothing: suspense is a place to rest.
    route.target.process.stop()
    route.target.start()
    again = route.target.api().transfer(transfer_id)
    demand(again["status"] == "suspense", f"after a restart {again['status']}")
    world.check()
    world.announce([account_statement(route, "open")])
    route.target.api().wait(transfer_id, ("completed",), PATIENCE)
    wait_until("the beneficiary's units", lambda: route.balances() == (source - route.units, target + route.units), 10)
    demand(suspended_units(route) == held, f"left in suspense {suspended_units(route)}")
    world.check()
    print(f"  {str(route):<20}{route.units:>5} units in suspense after {rest:.2f} s, with {route.beneficiary} after"
          f" {time.monotonic() - began:.2f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    options = parser.parse_args()
    anvil = Ethereum.program(Path(__file__).resolve().parents[2]).exists()
    if not anvil:
        print("SKIPPED suspense on Ethereum: no anvil; another Corda-like ledger stands in")
    began = time.monotonic()
    with World(options.build, ethereum="anvil" if anvil else "corda") as world:
        world.start()
        csd, eth, corda = world.gateways
        try:
            story(Route(world, csd, eth, "ALICE", world.bob, 30))
            story(Route(world, eth, corda, world.bob, "DAVE", 10))
            story(Route(world, corda, csd, "DAVE", "CAROL", 4))
        except (PointFailed, TimeoutError, RuntimeError, AssertionError) as e:
            print(f"FAILED: {e}")
            return 1
    print(f"every check held; {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
