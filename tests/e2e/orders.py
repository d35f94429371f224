#!/usr/bin/env python3
"""Orders in batches and orders for later, through kills: a batch whose gateway dies between the order and its answer gives the
same answers when it is sent again, each order once; an order for later begins at its time in the gateway's next life."""

import datetime
import json
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.kills import Route, armed, both_ended, demand, see_it_die  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.scenes import parser_of, play, seeded  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 90


def items(route, name, count, bad=()):
    """Orders of one unit each; those in `bad` ask for nothing."""
    return [{"idempotency_key": f"{name}-{i}", "order": route.body(quantity="0" if i in bad else "1")} for i in range(count)]


def send(api, batch):
    return api.call("POST", "/v1/transfers:batch", {"orders": batch})["answers"]


def said(answers):
    return [(a["idempotency_key"], a["status"], a["transfer"]["id"] if "transfer" in a else a["problem"]["code"]) for a in answers]


def batches(world):
    """200 orders of which two are refused, sent twice; then the gateway is killed with a batch durable and unanswered, and killed
    again at random moments while the batch is sent again and again."""
    route = Route(world, world.gw_csd, world.gw_corda, "ALICE", "DAVE")
    api, before = route.api(), route.balances()
    batch = items(route, "one", 200, bad=(7, 150))
    first = send(api, batch)
    demand([a["status"] for a in first] == [422 if i in (7, 150) else 201 for i in range(200)], f"{said(first)}")
    again = send(api, batch)
    demand(said(again) == said(first), "a repeated batch was answered otherwise")
    demand(all(a.get("replayed") == (a["status"] == 201 or None) for a in again), "a repeat does not say so")
    alone = api.call("POST", "/v1/transfers", batch[3]["order"], {"Idempotency-Key": "one-3"})
    demand(alone["id"] == first[3]["transfer"]["id"], "the same octets alone are another request")
    # Durable, and nobody was told.
    armed(world.gw_csd, "durable:proposed")
    kills, second = 1, items(route, "two", 150, bad=(0,))
    try:
        send(api, second)
        demand(False, "the batch was answered")
    except OSError:
        pass
    see_it_die(world.gw_csd, "durable:proposed", PATIENCE)
    world.gw_csd.start()
    seen = set()
    for _ in range(4):
        killer = threading.Timer(world.random.uniform(0.0, 0.15), world.gw_csd.process.kill)
        killer.start()
        try:
            seen.add(tuple(said(send(api, second + items(route, f"more-{kills}", 40)))[:150]))
        except OSError:
            pass
        killer.join()
        kills += 1
        world.gw_csd.start()
    seen.add(tuple(said(send(api, second))))
    demand(len(seen) == 1, f"{len(seen)} different answers to one batch")
    final = send(api, second)
    ids = [a["transfer"]["id"] for a in first + final if a["status"] == 201]
    demand(len(set(ids)) == 198 + 149, "an order was taken twice or not at all")
    for transfer in ids[::40] + ids[-1:]:
        demand(both_ended(route, transfer, PATIENCE) == "committed", transfer)
    wait_until("all ended", lambda: all(s == "completed" for s in api.statuses().values()), PATIENCE)
    moved = len(api.statuses())
    demand(route.balances() == (before[0] - moved, before[1] + moved), f"{moved} transfers, {before} became {route.balances()}")
    world.check()
    return f"{len(ids)} orders in two batches, {kills} kills, {moved} units moved once"


def by_file(world):
    """ustp transfer start --batch, twice."""
    route = Route(world, world.gw_csd, world.gw_corda, "ALICE", "DAVE")
    pki, file = world.folder / "pki", world.folder / "batch.jsonl"
    file.write_text("".join(json.dumps(i) + "\n" for i in items(route, "file", 1200, bad=(1100,))))
    command = [world.bin / "ustp", "transfer", "start", "--batch", file, "--api", f"https://127.0.0.1:{world.gw_csd.api_port}", "--ca",
               pki / "ca.pem", "--cert", pki / "participant-bank-alice.pem", "--key", pki / "participant-bank-alice.key.pem"]
    told = []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        lines = [line.split() for line in done.stdout.splitlines()]
        demand(done.returncode == 1 and len(lines) == 1200, f"{done.returncode} {done.stderr} {len(lines)}")
        demand(lines[1100][:2] == ["file-1100", "refused"], str(lines[1100]))
        told.append([line[:2] for line in lines])
    demand(told[0] == told[1], "the same file was answered otherwise")
    wait_until("all ended", lambda: all(s == "completed" for s in route.api().statuses().values()), PATIENCE)
    world.check()
    return "1,200 lines, twice: one refused, the others the same transfers"


def later(world):
    """An order for later survives a kill, begins at its time in the next life; another is withdrawn."""
    route = Route(world, world.gw_csd, world.gw_corda, "ALICE", "DAVE", 5)
    api = route.api()
    before = route.balances()
    at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = route.body(not_before=at)
    waiting = api.start(body, "later-1")
    withdrawn = api.start(route.body(not_before="2027-06-01T09:00:00Z"), "later-2")
    demand(waiting["status"] == withdrawn["status"] == "scheduled" and waiting["not_before"] == at, str(waiting))
    world.gw_csd.process.kill()
    world.gw_csd.start()
    demand(api.start(body, "later-1")["id"] == waiting["id"], "the key was forgotten")
    demand(api.call("POST", f"/v1/transfers/{withdrawn['id']}:cancel")["state"] == "withdrawn", "not withdrawn")
    demand(both_ended(route, waiting["id"], PATIENCE) == "committed", "it did not end well")
    began = api.transfer(waiting["id"])["timeline"][0]
    demand(began["state"] == "proposed" and began["at"] >= at.rstrip("Z"), f"{began} before {at}")
    world.gw_csd.process.kill()
    world.gw_csd.start()
    demand(api.transfer(withdrawn["id"])["state"] == "withdrawn", "withdrawn is forgotten")
    demand(route.balances() == (before[0] - 5, before[1] + 5), "moved otherwise")
    events, after = [], ""
    while True:
        page = api.call("GET", f"/v1/events?limit=1000{after}")
        events += [e["state"] for e in page["events"] if e["transfer"] == withdrawn["id"]]
        if not page["more"]:
            break
        after = f"&after={page['next']}"
    demand(events == ["scheduled", "withdrawn"], str(events))
    world.check()
    return f"asked for {at}, began {began['at']}"


def main():
    options = parser_of(__doc__).parse_args()
    with World(options.build, seed=seeded(options), ethereum="corda") as world:
        world.start()
        return 1 if play((batches, by_file, later), world) else 0


if __name__ == "__main__":
    sys.exit(main())
