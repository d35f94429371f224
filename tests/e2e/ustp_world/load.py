"""Orders in both directions at a steady rate, each repeated under its key until it is answered; and what must hold when
all is over: every answered order ended, the same way on both sides, and every unit is accounted for."""

import http.client
import threading
import time

from .api import ApiError
from .kills import TERMINAL, Route, demand
from .process import wait_until


class Load:
    def __init__(self, world, per_second=100, threads=8, more=None):
        self.world, self.per_second, self.more = world, per_second, more or {}
        self.routes = [Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob),
                       Route(world, world.gw_csd, world.gw_corda, "ZOE", "DAVE"),
                       Route(world, world.gw_eth, world.gw_corda, world.bob, "DAVE"),
                       Route(world, world.gw_corda, world.gw_csd, "DAVE", "CAROL"),
                       Route(world, world.gw_eth, world.gw_csd, world.bob, "CAROL"),
                       Route(world, world.gw_corda, world.gw_eth, "DAVE", world.bob)]
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._next = 0
        self.answered = {}   # key: (route, transfer id)
        self.refused = {}    # code: how often
        self.unanswered = []
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def start(self):
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            demand(not thread.is_alive(), "an order is still not answered")

    def _run(self):
        apis = [route.api() for route in self.routes]
        while not self._stop.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            due = self._began + number / self.per_second
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            which = number % len(self.routes)
            self._order(apis[which], self.routes[which], f"load-{self.world.seed}-{number}")

    def _order(self, api, route, key):
        try:
            answer = api.start(route.body(**self.more), key, 40)
        except ApiError as e:
            with self._lock:
                self.refused[e.code] = self.refused.get(e.code, 0) + 1
        except (OSError, http.client.HTTPException):
            with self._lock:
                self.unanswered.append((route, key))
        else:
            with self._lock:
                self.answered[key] = (route, answer["id"])

    def _all_ended(self):
        """{gateway: {transfer: status}} once everything has ended, a recipient that never heard of an aborted one aside."""
        at = {gateway.id: gateway.api().statuses() for gateway in self.world.gateways}
        for route, transfer in self.answered.values():
            here, there = at[route.source.id].get(transfer), at[route.target.id].get(transfer)
            if here not in TERMINAL or (there not in TERMINAL and not (here == "aborted" and there is None)):
                return None
        return at

    def settle(self, seconds):
        """Waits until everything has ended, and gives {outcome: how often}. Raises when something was lost or doubled."""
        demand(not self.unanswered, f"never answered: {self.unanswered[:3]}")
        ids = [transfer for _, transfer in self.answered.values()]
        demand(len(set(ids)) == len(ids), "two orders got one transfer")
        at = wait_until("every answered order ended on both sides", lambda: self._all_ended(), seconds)
        outcomes = {}
        for route, transfer in self.answered.values():
            here, there = at[route.source.id][transfer], at[route.target.id].get(transfer, "aborted")
            demand(here == there, f"{transfer}: {here} at {route.source.id}, {there} at {route.target.id}")
            outcomes[here] = outcomes.get(here, 0) + 1
        # A key asked again names the same transfer: an answered order survives everything.
        for key, (route, transfer) in list(self.answered.items())[:: max(1, len(ids) // 25)]:
            again = route.api().start(route.body(**self.more), key)
            demand(again["id"] == transfer, f"{key} now names {again['id']}")
        self.world.check()
        return outcomes
