#!/usr/bin/env python3
"""The main job, shown: one share on three ledgers, moved between them by three gateways, one of which is killed in the
middle. Every figure is asked from the ledgers themselves. Exit status 0 only when every check held."""

import argparse
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.ledgers import Ethereum  # noqa: E402
from ustp_world.world import ISSUED, World  # noqa: E402

# After the decision is durable at the sender and before the recipient has assigned: (side, boundary).
KILL_POINTS = [("sender", "durable:extinguishing"), ("sender", "executed:extinguishing"),
               ("sender", "done:extinguishing"), ("sender", "durable:finalising"), ("recipient", "durable:assigning")]


class Show:
    """Colours on a terminal, plain text in a pipe; counts what failed."""

    def __init__(self):
        self.tty = sys.stdout.isatty()
        self.failed = 0
        self.began = time.monotonic()

    def paint(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self.tty else text

    def title(self, text):
        print(f"\n{self.paint('1;36', '== ' + text)}  {self.paint('2', f'{time.monotonic() - self.began:.1f} s')}",
              flush=True)

    def say(self, text):
        print("   " + text, flush=True)

    def check(self, name, holds, detail=""):
        self.failed += not holds
        mark = self.paint("32", "ok    ") if holds else self.paint("1;31", "FAILED")
        print(f"   {mark} {name}{'  ' + detail if detail else ''}", flush=True)


def table(show, world):
    """Where every unit is, from the ledgers; then the two identities."""
    picture = world.picture()
    show.say(f"{'ledger':<10}{'account':<44}{'units':>12}{'locked':>10}")
    for ledger in world.ledgers:
        holdings, provisional = picture[ledger.id]
        for account, (units, locked, _) in sorted(holdings.items()):
            kind = " (backing)" if account == world.csd.custody else ""
            if units or not account.startswith("0x5a"):
                show.say(f"{ledger.id:<10}{account + kind:<44}{units:>12,}{locked:>10,}")
        if provisional:
            show.say(f"{ledger.id:<10}{'provisional':<44}{provisional:>12,}")
    for name, left, right, holds in world.identities(picture):
        show.check(name, holds, f"{left:,} = {right:,}")


def crosscheck(show, world):
    """The gateways' view of their ledgers is what the ledgers say."""
    for gateway in world.gateways:
        seen = {p["account"]: int(p["base_units"]) // gateway.ledger.ratio
                for p in gateway.api().positions(world.instrument)["positions"]}
        own = {a: units for a, (units, _, _) in gateway.ledger.holdings()[0].items() if units}
        same = {a: u for a, u in seen.items() if u and a in own} == {a: u for a, u in own.items() if a in seen}
        show.check(f"{gateway.id} shows what {gateway.ledger.id} says", same, "" if same else f"{seen} / {own}")


def move(show, world, participant, source, target, originator, beneficiary, units):
    began = time.monotonic()
    order = {"instrument": world.instrument, "quantity": str(units), "originator": originator,
             "beneficiary": beneficiary, "target_ledger": target.ledger.id, "reference": "DEMO"}
    transfer = source.api(participant).start(order)
    ended = source.api(participant).wait(transfer["id"], ("completed", "aborted", "unexecutable"), 60)
    show.check(f"transfer {transfer['id'][:12]}… {ended['state']}", ended["status"] == "completed",
               f"{time.monotonic() - began:.2f} s" + (f"  {ended.get('reason')}" if ended.get("reason") else ""))
    far = target.api().wait(transfer["id"], ("completed", "suspense", "aborted"), 60)
    show.check(f"{target.id} says {far['state']}", far["status"] == "completed")
    return transfer["id"]


def move_with_kill(show, world, point, units):
    """The last transfer: a gateway dies after the decision and before the recipient has assigned, and comes back."""
    side, boundary = point
    victim = world.gw_corda if side == "sender" else world.gw_csd
    victim.process.stop()
    victim.start("ustp-gateway-faulty", ["--kill-at", boundary])
    order = {"instrument": world.instrument, "quantity": str(units), "originator": "DAVE", "beneficiary": "CAROL",
             "target_ledger": world.csd.id}
    transfer = world.gw_corda.api("bank-dave").start(order)
    status = victim.process.child.wait(60)
    show.check(f"{victim.id} was killed at {boundary}", status == -9, f"signal {-status}")
    before = world.csd.holdings()[0].get("CAROL", (0, 0, 0))[0]
    show.check("the recipient had not assigned", before == 0, f"CAROL {before}")
    began = time.monotonic()
    victim.start()
    show.say(f"{victim.id} is back after {time.monotonic() - began:.2f} s; nobody touches the transfer")
    ended = world.gw_corda.api("bank-dave").wait(transfer["id"], ("completed", "aborted", "unexecutable"), 60)
    show.check(f"transfer {transfer['id'][:12]}… {ended['state']}", ended["status"] == "completed",
               f"{time.monotonic() - began:.2f} s after the restart")
    return transfer["id"]


def evidence(show, world, transfer_id):
    bundle = world.folder / "evidence.ustp"
    bundle.write_bytes(world.gw_corda.api("bank-dave").evidence(transfer_id))
    anchor = ["--authority", "association", "--authority-key", world.folder / "authority.pem.pub.pem"]
    try:
        lines = world.tool("verify", bundle, *anchor).splitlines()
        for line in lines:
            show.say(line)
        show.check("the bundle verifies offline", True, f"{bundle.stat().st_size:,} octets")
    except RuntimeError as e:
        show.check("the bundle verifies offline", False, str(e)[-2000:])
    octets = bytearray(bundle.read_bytes())
    place = world.random.randrange(len(octets))
    octets[place] ^= 1 << world.random.randrange(8)
    forged = world.folder / "forged.ustp"
    forged.write_bytes(octets)
    try:
        world.tool("verify", forged, *anchor)
        show.check("one flipped bit makes it fail", False, f"octet {place}")
    except RuntimeError as e:
        show.check("one flipped bit makes it fail", True, f"octet {place}: {str(e).strip().splitlines()[-1][:90]}")


def keep_running(show, world, place):
    """`place` leads to the network's folder as long as it runs; the guides of docs/ begin with its file `environment`."""
    (world.folder / "environment").write_text(world.environment())
    if place.is_symlink():
        place.unlink()
    place.symlink_to(world.folder)
    try:
        how_to_call(show, world, place)
        while all(g.process.running() for g in world.gateways):
            time.sleep(0.5)
    except KeyboardInterrupt:
        print()
    finally:
        place.unlink(missing_ok=True)


def how_to_call(show, world, place):
    show.title("it stays up; Ctrl-C ends it")
    show.say(f". {os.path.relpath(place)}/environment    # then as docs/guides say: ustp positions $USTP_ISIN")
    show.say("")
    pki = world.folder / "pki"
    for gateway in world.gateways:
        show.say(f"{gateway.id}: https://127.0.0.1:{gateway.api_port}  admin http://127.0.0.1:{gateway.admin_port}/metrics")
    show.say("")
    who = f"--cacert {pki}/ca.pem --cert {pki}/participant-bank-alice.pem --key {pki}/participant-bank-alice.key.pem"
    url = f"https://127.0.0.1:{world.gw_csd.api_port}/v1"
    show.say(f"curl {who} '{url}/positions?instrument={world.instrument}'")
    show.say(f"curl {who} {url}/transfers")
    body = (f'{{"instrument":"{world.instrument}","quantity":"10","originator":"ALICE","beneficiary":"DAVE",'
            f'"target_ledger":"{world.corda.id}"}}')
    show.say(f"curl {who} -H 'Content-Type: application/json' -H 'Idempotency-Key: first' -d '{body}' {url}/transfers")
    show.say(f"{world.bin}/quickstart " + " ".join(map(str, world.quickstart())))


def story(show, world, amounts, point):
    first, second, third = amounts
    show.title("three ledgers, three gateways" + (", signed JSON over HTTPS between them" if world.https else ""))
    for gateway in world.gateways:
        real = "a real node (anvil)" if isinstance(gateway.ledger, Ethereum) else "embedded, a process of its own"
        show.say(f"{gateway.id:<9} in front of {gateway.ledger.id:<8} {gateway.ledger.kind}: {real}")
    show.say(f"{world.instrument}: {ISSUED:,} shares at {world.csd.id}")
    table(show, world)
    show.title(f"{first:,} of ALICE's are locked at the CSD, delivered to the backing account and appear on Ethereum")
    move(show, world, "bank-alice", world.gw_csd, world.gw_eth, "ALICE", world.bob, first)
    table(show, world)
    show.title(f"{second:,} of BOB's move on from Ethereum to the Corda-like ledger; the home gateway is told")
    move(show, world, "bank-bob", world.gw_eth, world.gw_corda, world.bob, "DAVE", second)
    table(show, world)
    show.title(f"{third:,} of DAVE's come back to the CSD, to CAROL; a gateway is killed after the decision ({point[1]})")
    last = move_with_kill(show, world, point, third)
    world.gw_csd.api().wait(last, ("completed",), 60)
    table(show, world)
    home = {e["ledger"]: int(e["quantity"])
            for e in world.gw_csd.api().positions(world.instrument)["outstanding_elsewhere"]}
    want = {world.eth.id: first - second, world.corda.id: second - third}
    show.check("the home gateway's book", home == want, str(home))
    crosscheck(show, world)
    for ledger in world.ledgers:
        effects = ledger.effects()
        show.check(f"each operation took effect once on {ledger.id}", bool(effects) and set(effects.values()) == {1},
                   f"{len(effects)} operations")
    show.title("evidence, checked by a stranger")
    evidence(show, world, last)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--keep", action="store_true", help="leave it running and print how to call it")
    parser.add_argument("--place", type=Path, help="with --keep: link to the network's folder; default: demo beside the build")
    parser.add_argument("--seed", type=int, help="of the random amounts and kill point")
    parser.add_argument("--binding", default="flatbuffers", choices=("flatbuffers", "json"),
                        help="json: all three pairs over HTTPS with signed JSON (spec/03c)")
    options = parser.parse_args()
    show = Show()
    if not Ethereum.program(Path(__file__).resolve().parents[2]).exists():
        print("SKIPPED demonstration: no anvil; run npm ci in adapters/ethereum/contracts")
        return 77
    dice = options.seed
    if dice is None and os.environ.get("CI"):
        dice = random.SystemRandom().randrange(2**32)
    amounts, point = (1000, 400, 150), KILL_POINTS[3]
    if dice is not None:
        r = random.Random(dice)
        first = r.randrange(100, 100_000)
        second = r.randrange(10, first)
        amounts, point = (first, second, r.randrange(1, second)), r.choice(KILL_POINTS)
        show.say(f"seed {dice}: amounts {amounts}, kill at {point}")
    try:
        # An https endpoint of either side makes the pair speak JSON: two of three gateways, and all pairs do.
        https = ("gw-csd", "gw-corda") if options.binding == "json" else ()
        with World(options.build, seed=dice, https=https) as world:
            world.start()
            story(show, world, amounts, point)
            if options.keep:
                keep_running(show, world, options.place or Path(options.build).resolve().parent / "demo")
            ends = world.stop()
            show.title("the end")
            for name, status in ends.items():
                show.check(f"{name} stopped cleanly", status in (0, 130), f"status {status}")
    except KeyboardInterrupt:
        print("\ninterrupted")
        return 130
    print(f"\n{'every check held' if not show.failed else f'{show.failed} checks FAILED'}"
          f" in {time.monotonic() - show.began:.1f} s")
    return 1 if show.failed else 0


if __name__ == "__main__":
    sys.exit(main())
