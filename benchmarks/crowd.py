"""Clients that call at once, each as soon as it was answered; what they heard, and how long they waited."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

Call = tuple[str, dict[str, object]]


@dataclass
class Heard:
    """The answers of one kind of call: seconds of each, and how many came with which status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def at(self, share: float) -> float:
        """Return the time in milliseconds within which this share of the calls was answered."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def errors(self) -> int:
        """Return how many were not answered with 200."""
        return sum(count for status, count in self.statuses.items() if status != http.client.OK)


def crowd(
    port: int, keys: list[str], seconds: float, calls: Callable[[random.Random], Call], turns_begin_after: float = 3.0
) -> dict[str, Heard]:
    """Let one client for each key call for `seconds`; what is heard in the first few does not count."""
    heard: dict[str, Heard] = {}
    lock, began = threading.Lock(), time.perf_counter()
    ends = began + turns_begin_after + seconds

    def client(place: int) -> None:
        chance = random.Random(place)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {keys[place]}"}
        while (now := time.perf_counter()) < ends:
            path, body = calls(chance)
            line.request("POST", path, json.dumps(body), headers)
            answer = line.getresponse()
            answer.read()
            took = time.perf_counter() - now
            if now - began > turns_begin_after:
                with lock:
                    of_kind = heard.setdefault(path, Heard())
                    of_kind.seconds.append(took)
                    of_kind.statuses[answer.status] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(len(keys))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard
