"""One transfer during which one gateway is killed at one boundary, and everything that must hold afterwards."""

import subprocess
import threading
import time
import uuid

from .api import ApiError
from .process import wait_until

PHASES = ("processed", "durable", "executed", "done")  # of gateway/engine/engine.hpp, Boundary
# The states of spec/04 on the way of one transfer, in their order.
SENDER = ("proposed", "commenced", "locking", "lock_asserted", "preparing", "extinguishing", "finalising", "completed")
RECIPIENT = ("accepted", "commence_acked", "lock_accepted", "creating", "ready", "assigning", "assigned", "received")
NOTIFYING = "notifying"  # entered only when the home gateway is a third one and slower than the sender
TERMINAL = ("completed", "aborted", "unexecutable")


def decided(side, point):
    """Whether the decision to commit is durable at the sender when the process dies (USTP-TRF-006)."""
    phase, state = point.split(":")
    if side == "recipient":
        return state in ("assigning", "assigned", "received", NOTIFYING)
    return state in ("finalising", "completed") or (state == "extinguishing" and phase != "processed")


class PointFailed(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise PointFailed(what)


class Order:
    """An order given in a thread of its own with one idempotency key, again and again until it is answered: its gateway
    may be killed meanwhile."""

    def __init__(self, api, body, seconds):
        self.api, self.body, self.seconds, self.key = api, body, seconds, str(uuid.uuid4())
        self.answer = self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            self.answer = self.api.start(self.body, self.key, self.seconds)
        except Exception as e:  # told where the order is waited for
            self.error = e

    def answered(self):
        return self.answer is not None

    def id(self):
        self.thread.join(self.seconds + 20)
        demand(self.answer is not None, f"the order was not answered: {self.error}")
        return self.answer["id"]


class Route:
    """From one account to another, with the gateways in front of both."""

    def __init__(self, world, source, target, originator, beneficiary, units=1):
        self.world, self.source, self.target = world, source, target
        self.originator, self.beneficiary, self.units = originator, beneficiary, units
        self.participant = next(p for p, ledger, a in world.accounts if ledger is source.ledger and a == originator)

    def body(self, **more):
        return {"instrument": self.world.instrument, "quantity": str(self.units), "originator": self.originator,
                "beneficiary": self.beneficiary, "target_ledger": self.target.ledger.id, **more}

    def api(self):
        return self.source.api(self.participant)

    def units_at(self, gateway, account):
        return gateway.ledger.holdings()[0].get(account, (0, 0, 0))[0]

    def balances(self):
        return self.units_at(self.source, self.originator), self.units_at(self.target, self.beneficiary)

    def __str__(self):
        return f"{self.source.ledger.id} -> {self.target.ledger.id}"


def newest(gateway):
    listed = gateway.api().again("GET", "/v1/transfers?limit=3")["transfers"]
    return [t["id"] for t in listed]


def since(before, now):
    return now[:now.index(before[0])] if before and before[0] in now else now


def both_ended(route, transfer_id, patience):
    """The outcome, the same on both sides. A recipient that never heard of an aborted transfer agrees with it."""
    ended = route.api().wait(transfer_id, TERMINAL, patience)

    def far():
        try:
            found = route.target.api().transfer(transfer_id)
        except ApiError as e:
            return {"status": "aborted"} if e.status == 404 and ended["status"] == "aborted" else None
        return found if found["status"] in TERMINAL else None
    there = wait_until(f"transfer {transfer_id} ended at {route.target.id}", far, patience)
    demand(ended["status"] == there["status"],
           f"{route.source.id} says {ended['status']}, {route.target.id} says {there['status']}")
    return {"completed": "committed"}.get(ended["status"], ended["status"])


class Watch:
    """Where the time went, for the points that take long."""

    def __init__(self):
        self.began = self.last = time.monotonic()
        self.marks = []

    def mark(self, what):
        now = time.monotonic()
        self.marks.append(f"{what} {now - self.last:.1f}")
        self.last = now

    def seconds(self):
        return time.monotonic() - self.began


def kill_once(route, side, point, extra=(), patience=30, watch=None):
    """Gives (outcome, seconds). PointFailed, TimeoutError, RuntimeError or AssertionError tell what did not hold."""
    world, watch = route.world, watch or Watch()
    victim = route.source if side == "sender" else route.target
    balances, seen = route.balances(), {g.id: newest(g) for g in (route.source, route.target)}
    home = world.gw_csd if point.endswith(NOTIFYING) else None  # it must be slower than the sender
    victim.process.stop()
    victim.start("ustp-gateway-faulty", ["--kill-at", point, *extra])
    if home:
        home.process.stop()
    watch.mark("armed")
    order = Order(route.api(), route.body(), patience)
    try:
        status = victim.process.child.wait(patience)
    except subprocess.TimeoutExpired:
        raise PointFailed(f"{victim.id} never came to {point}") from None
    demand(status == -9, f"{victim.id} ended with {status} instead of SIGKILL")
    watch.mark("killed")
    told = order.answer["id"] if order.answered() else None
    victim.start(wait=False)
    if home:
        home.start(wait=False)
        home.wait_ready(patience)
    victim.wait_ready(patience)
    watch.mark("ready")
    transfer_id = order.id()
    watch.mark("answered")
    demand(told in (None, transfer_id), "the answered order was forgotten")
    outcome = both_ended(route, transfer_id, patience)
    watch.mark("ended")
    replayed = route.api().start(route.body(), order.key)
    demand(replayed["id"] == transfer_id, "the repeated order became a second transfer")
    for gateway in (route.source, route.target):
        new = since(seen[gateway.id], newest(gateway))
        demand(new in ([transfer_id], []), f"{gateway.id} has {len(new)} new transfers instead of one")
    demand(outcome in ("committed", "aborted"), outcome)
    demand(outcome == "committed" or not decided(side, point), "decided, and not committed")
    moved = route.units if outcome == "committed" else 0
    now = route.balances()
    demand((balances[0] - now[0], now[1] - balances[1]) == (moved, moved), f"balances {balances} became {now}")
    world.check()
    watch.mark("checked")
    return outcome, watch.seconds()
