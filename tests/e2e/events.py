#!/usr/bin/env python3
"""The event stream through kills: gateways and followers are killed again and again under load, and every follower that goes
on from its cursor has seen every event of its participant once, none lost, and nobody else's (USTP-API-009, 010, 011)."""

import http.client
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import ApiError  # noqa: E402
from ustp_world.kills import Route, both_ended, demand  # noqa: E402
from ustp_world.load import Load  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.scenes import parser_of, play, seeded  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 120  # a loaded machine is slow


class StreamFollower:
    """A browser's EventSource, by hand: reads the stream, keeps the last id, comes back with it."""

    def __init__(self, api):
        self.api, self.last, self.events, self.connections = api, None, [], 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._over.is_set():
            try:
                self._read()
            except (OSError, http.client.HTTPException):
                pass
            self._over.wait(0.05)

    def _read(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.api.port, context=self.api.context, timeout=5)
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self.last} if self.last else {})
        try:
            connection.request("GET", "/v1/events", headers=headers)
            answer = connection.getresponse()
            if answer.status != 200:
                return
            self.connections += 1
            new, kind, data = None, None, None
            while not self._over.is_set():
                line = answer.readline()
                if not line.endswith(b"\n"):
                    return  # cut in the middle: what is not whole did not come
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    new = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    data = value
                elif not name:
                    if data is not None:
                        demand(kind == "transfer.state", f"{kind}: {data}")
                        self.events.append(json.loads(data))
                    self.last, new, kind, data = new or self.last, None, None, None
        finally:
            connection.close()

    def stop(self):
        self._over.set()
        self._thread.join(20)


class KilledFollower:
    """sdk/examples/follow_events: killed and started again; its file is all that it has."""

    def __init__(self, world, gateway, participant):
        self.file = world.folder / f"events-{participant}"
        self.command = [world.bin / "follow_events", f"https://127.0.0.1:{gateway.api_port}", world.folder / "pki", participant,
                        self.file, "0"]
        self.child, self.kills = None, -1
        self.again()

    def again(self):
        if self.child:
            self.child.kill()
            self.child.wait()
        self.kills += 1
        self.child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def lines(self):
        return [tuple(line.split()) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def stop(self):
        self.child.kill()
        self.child.wait()


def all_events(api, limit=1000):
    out, after = [], ""
    while True:
        page = api.again("GET", f"/v1/events?limit={limit}" + (f"&after={after}" if after else ""))
        out += page["events"]
        after = page["next"]
        if not page["more"]:
            return out


def judge(gateway, participant, api, seen, what):
    """What a follower saw, against the list of events and against the transfers themselves."""
    events = all_events(api, 137)
    demand([e["cursor"] for e in events] == seen, f"{what} saw {len(seen)} events, the list has {len(events)}")
    sequences = [e["sequence"] for e in events]
    demand(sequences == sorted(set(sequences)), f"{what}: sequences do not increase")
    states = {}
    for e in events:
        states.setdefault(e["transfer"], []).append((e["state"], e["at"]))
    mine = api.statuses()
    demand(set(states) == set(mine), f"{what}: events of {len(states)} transfers, {len(mine)} of {participant} at {gateway.id}")
    for transfer in list(states)[:: max(1, len(states) // 20)]:
        timeline = [(s["state"], s["at"]) for s in api.transfer(transfer)["timeline"]]
        demand(timeline == states[transfer], f"{transfer}: {states[transfer]}, its timeline is {timeline}")
    return len(events)


def killed(world, options):
    for target, originator, beneficiary in ((world.gw_eth, "ALICE", world.bob), (world.gw_corda, "ZOE", "DAVE")):
        route = Route(world, world.gw_csd, target, originator, beneficiary, 20_000)
        both_ended(route, route.api().start(route.body())["id"], PATIENCE)
    alice, bob = world.gw_csd.api("bank-alice"), world.gw_eth.api("bank-bob")
    streams = [(world.gw_csd, "bank-alice", alice, StreamFollower(alice)), (world.gw_eth, "bank-bob", bob, StreamFollower(bob))]
    example = KilledFollower(world, world.gw_csd, "bank-alice")
    load = Load(world, options.rate)
    load.start()
    for _ in range(options.kills):
        time.sleep(world.random.uniform(0.3, 1.0))
        if world.random.random() < 0.5:
            example.again()
        victim = world.random.choice(world.gateways[:2])
        victim.process.kill()
        time.sleep(world.random.uniform(0.0, 0.3))
        victim.start()
    load.stop()
    outcomes = load.settle(PATIENCE)
    told = []
    for gateway, participant, api, follower in streams:
        newest = all_events(api)[-1]["cursor"]
        wait_until(f"{participant} has seen all", lambda follower=follower, newest=newest: newest == (
            follower.events[-1]["cursor"] if follower.events else None), PATIENCE)
        follower.stop()
        count = judge(gateway, participant, api, [e["cursor"] for e in follower.events], f"the stream of {participant}")
        told.append(f"{participant} {count} events in {follower.connections} streams")
    newest = all_events(alice)[-1]["cursor"]
    wait_until("the example has seen all", lambda: example.lines() and example.lines()[-1][0] == newest, PATIENCE)
    example.stop()
    judge(world.gw_csd, "bank-alice", alice, [line[0] for line in example.lines()], "the example")
    told.append(f"the example, killed {example.kills} times, the same")
    return f"{options.kills} kills, {outcomes}: {'; '.join(told)}"


def by_hand(world, _):
    """ustp events, the page that waits, and the cursor that is too old."""
    alice = world.gw_csd.api("bank-alice")
    events = all_events(alice)
    pki = world.folder / "pki"
    connection = ("--api", f"https://127.0.0.1:{world.gw_csd.api_port}", "--ca", pki / "ca.pem", "--cert",
                  pki / "participant-bank-alice.pem", "--key", pki / "participant-bank-alice.key.pem")
    listed = json.loads(world.tool("events", "list", "--json", "--limit", 7, *connection))
    demand([e["cursor"] for e in listed["events"]] == [e["cursor"] for e in events[:7]], "ustp events list")
    followed = world.tool("events", "follow", "--json", "--after", events[4]["cursor"], "--count", 3, *connection).splitlines()
    demand([json.loads(line) for line in followed] == events[5:8], "ustp events follow")
    # A page that waits is answered by the order that comes meanwhile.
    got, last = [], events[-1]["cursor"]
    waiting = threading.Thread(target=lambda: got.append(alice.call("GET", f"/v1/events?wait=10&after={last}")))
    began = time.monotonic()
    waiting.start()
    time.sleep(0.3)
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob)
    started = alice.start(route.body())
    waiting.join(20)
    demand(bool(got) and got[0]["events"] and got[0]["events"][0]["transfer"] == started["id"], f"the page that waited: {got}")
    took = time.monotonic() - began
    both_ended(route, started["id"], PATIENCE)
    # Fewer are kept after the next start: the old cursor is refused, and the problem says where to go on.
    config = world.gw_csd.config.read_text()
    world.gw_csd.config.write_text(config.replace("[limits]\n", "[limits]\nevents_kept = 10\n"))
    world.gw_csd.process.kill()
    world.gw_csd.start()
    try:
        alice.call("GET", f"/v1/events?after={events[0]['cursor']}")
        demand(False, "a cursor that is older than what is kept was taken")
    except ApiError as e:
        demand((e.status, e.code) == (410, "cursor_expired"), str(e))
        kept = alice.call("GET", f"/v1/events?limit=1000&after={e.problem['restart_after']}")["events"]
    demand(0 < len(kept) <= 10 and kept == all_events(alice), f"{len(kept)} kept")
    demand(kept[-1]["sequence"] > events[-1]["sequence"], "sequence numbers began again")
    return f"an event waited for came after {took:.1f} s; of {kept[-1]['sequence']} events the last {len(kept)} are kept"


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--rate", type=float, default=40, help="orders per second")
    options = parser.parse_args()
    with World(options.build, seed=seeded(options), ethereum="corda") as world:
        world.start()
        return 1 if play((killed, by_hand), world, options) else 0


if __name__ == "__main__":
    sys.exit(main())
