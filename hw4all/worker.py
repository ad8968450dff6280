"""The gunicorn worker of the site. Imports nothing of the site, because the process that imports it outlives an upgrade."""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker with threads that closes its port as soon as it is told to stop, so that a proxy asks another host.

    gunicorn's own keeps the port open until its last answer is sent: requests that arrive meanwhile wait, and are dropped.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            for listener in self.sockets:
                self._take_waiting(listener)
                listener.close()

    def _take_waiting(self, listener: Any) -> None:
        """Accept the connections that are waiting already."""
        count = -1
        while count != self.nr_conns:
            count = self.nr_conns
            self.accept(listener)
