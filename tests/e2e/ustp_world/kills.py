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
# The states of its undoing.
SENDER_BACK, RECIPIENT_BACK = ("unlocking", "aborted"), ("in_doubt", "destroying", "refused")
VOTE_WITHIN_MS = (1500, 6000, 20000)  # a loaded machine may need longer to come to the create
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


def moved(route, patience=60):
    """One transfer, completed on both sides: its id."""
    started = route.api().start(route.body())["id"]
    outcome = both_ended(route, started, patience)
    demand(outcome == "committed", f"{started}: {outcome}")
    return started


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


class Stand:
    """How things stand before a point, and what must hold after it."""

    def __init__(self, route):
        self.route, self.balances = route, route.balances()
        self.seen = {g.id: newest(g) for g in (route.source, route.target)}

    def settled(self, order, told, patience, watch):
        """The outcome. `told` is the transfer's id if the order was answered before the process died."""
        route, transfer_id = self.route, order.id()
        watch.mark("answered")
        demand(told in (None, transfer_id), "the answered order was forgotten")
        outcome = both_ended(route, transfer_id, patience)
        watch.mark("ended")
        demand(route.api().start(order.body, order.key)["id"] == transfer_id, "the repeated order became a second transfer")
        for gateway in (route.source, route.target):
            new = since(self.seen[gateway.id], newest(gateway))
            demand(new in ([transfer_id], []), f"{gateway.id} has {len(new)} new transfers instead of one")
        demand(outcome in ("committed", "aborted"), outcome)
        moved, now = route.units if outcome == "committed" else 0, route.balances()
        demand((self.balances[0] - now[0], now[1] - self.balances[1]) == (moved, moved),
               f"balances {self.balances} became {now}")
        demand(route.target.ledger.holdings()[1] == 0, "provisional units are left")
        demand(route.source.ledger.holdings()[0][route.originator][1] == 0, "a lock is left")
        route.world.check()
        watch.mark("checked")
        return outcome


def armed(gateway, point, extra=()):
    gateway.process.stop()
    gateway.start("ustp-gateway-faulty", ["--kill-at", point, *extra])


def see_it_die(gateway, point, patience):
    try:
        status = gateway.process.child.wait(patience)
    except subprocess.TimeoutExpired:
        raise PointFailed(f"{gateway.id} never came to {point}") from None
    demand(status == -9, f"{gateway.id} ended with {status} instead of SIGKILL")


def back(gateways, patience):
    for gateway in gateways:
        gateway.start(wait=False)
    for gateway in gateways:
        gateway.wait_ready(patience)


def kill_once(route, side, point, extra=(), patience=30, watch=None):
    """Gives (outcome, seconds). PointFailed, TimeoutError, RuntimeError or AssertionError tell what did not hold."""
    world, watch, stand = route.world, watch or Watch(), Stand(route)
    victim = route.source if side == "sender" else route.target
    home = [world.gw_csd] if point.endswith(NOTIFYING) else []  # it must be slower than the sender
    armed(victim, point, extra)
    for gateway in home:
        gateway.process.stop()
    watch.mark("armed")
    order = Order(route.api(), route.body(), patience)
    see_it_die(victim, point, patience)
    watch.mark("killed")
    told = order.answer["id"] if order.answered() else None
    back([victim, *home], patience)
    watch.mark("ready")
    outcome = stand.settled(order, told, patience, watch)
    demand(outcome == "committed" or not decided(side, point), "decided, and not committed")
    return outcome, watch.seconds()


def went_away(route, order, patience):
    """Whether the recipient died before the sender gave up."""
    def over():
        if not route.target.process.running():
            return "away"
        source = route.source.process
        if not source.running() or (order.answered() and route.api().transfer(order.answer["id"])["status"] == "aborted"):
            return "late"
        return None
    return wait_until("the recipient's death or the sender's deadline", over, patience) == "away"


def kill_on_the_way_back(route, side, point, extra=(), patience=30, watch=None):
    """The recipient is away until the sender's deadline has passed, so the transfer is undone at both sides; a gateway is
    killed once more while it is. Gives ("aborted", seconds)."""
    watch = watch or Watch()
    away = "durable:ready" if point.endswith("in_doubt") else "durable:creating"
    for window in VOTE_WITHIN_MS:
        stand = Stand(route)
        armed(route.target, away)
        if side == "sender":
            armed(route.source, point, extra)
        watch.mark("armed")
        order = Order(route.api(), route.body(vote_within_ms=window), patience)
        if went_away(route, order, patience):
            break
        for gateway in (route.source, route.target):
            gateway.process.stop()
        back([route.source, route.target], patience)
        both_ended(route, order.id(), patience)
        watch.mark("too slow")
    see_it_die(route.target, away, patience)
    if side == "sender":
        see_it_die(route.source, point, patience)
        told = order.answer["id"] if order.answered() else None
        watch.mark("killed")
        back([route.source, route.target], patience)
    else:
        told = order.id()
        route.api().wait(told, ("aborted",), patience)
        watch.mark("aborted")
        route.target.start("ustp-gateway-faulty", ["--kill-at", point, *extra], wait=False)
        see_it_die(route.target, point, patience)
        watch.mark("killed")
        back([route.target], patience)
    watch.mark("ready")
    outcome = stand.settled(order, told, patience, watch)
    demand(outcome == "aborted", f"{outcome}, though the recipient was away past the deadline")
    return outcome, watch.seconds()
