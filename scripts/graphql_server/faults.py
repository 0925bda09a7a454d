# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on demand, and what was asked for. Behind one lock; any thread may call."""

import collections
import threading


class Fault:
    """What happens to one request: it is answered with `status` and not done; without a status, it is done and not answered."""

    def __init__(self, status):
        self.status = status


class Faults:
    def __init__(self):
        self._lock = threading.Lock()
        self._planned = None
        self._times = self._after = 0
        self._requests = 0
        self._fields = collections.Counter()
        # Seconds that each answer waits.
        self.delay = 0.0

    def plan(self, status, times, after=0):
        with self._lock:
            self._planned, self._times, self._after = Fault(status), times, after

    def heal(self):
        with self._lock:
            self._times = 0
            self.delay = 0.0

    def arrived(self, fields):
        """Counts a request for these root fields; returns its fault, or None."""
        with self._lock:
            self._requests += 1
            self._fields.update(fields)
            if self._after > 0:
                self._after -= 1
                return None
            if self._times == 0:
                return None
            self._times -= 1
            return self._planned

    def counts(self):
        with self._lock:
            return {"requests": self._requests, "fields": dict(self._fields)}
