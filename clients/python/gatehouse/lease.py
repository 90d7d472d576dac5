"""Holding the one IBKR session for the length of a ``with`` block."""

import threading

from .client import (
    DEFAULT_HOST,
    DEFAULT_PORT,
    Client,
    GatehouseError,
    is_release_request,
)

__all__ = ["Lease", "SessionUnavailable", "lease"]


class SessionUnavailable(Exception):
    """The session could not be had: somebody holds it, or a download runs."""


class Lease:
    """
    Reserves the session on entry and releases it on exit. In between a thread renews the lease,
    so that it ends by itself should this program die, and listens for the wish to have it back:
    then ``recalled`` is set, ``on_recall`` is called, and the lease is no longer renewed. A program
    should close its IBKR connection and leave the block; with ``on_recall`` the lease is released
    as soon as that returns, so that is the place to close the connection.
    """

    def __init__(
        self,
        name,
        wait=None,
        ttl=60.0,
        host=DEFAULT_HOST,
        port=DEFAULT_PORT,
        token=None,
        on_recall=None,
    ):
        self.name = name
        self.recalled = threading.Event()
        """Set once the session is asked back."""
        self.lost = threading.Event()
        """Set when the lease ended while it was still wanted."""
        self._wait = wait
        self._ttl = ttl
        self._on_recall = on_recall
        self._connect = lambda: Client(host, port, token=token)
        self._lease = None
        self._client = None
        self._done = threading.Event()
        self._thread = None

    def __enter__(self):
        self._client = self._connect()
        try:
            answer = self._client.acquire(name=self.name, ttl=self._ttl, wait=self._wait)
        except GatehouseError as error:
            self._client.close()
            if error.code != "CONFLICT":
                raise
            raise SessionUnavailable(error.message) from None
        except BaseException:
            self._client.close()
            raise
        if answer["status"] != "acquired":
            self._client.close()
            raise SessionUnavailable(answer.get("reason", answer["status"]))
        self._lease = answer["lease"]
        self._thread = threading.Thread(target=self._keep, name="gatehouse-lease", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
        self._release()
        self._client.close()

    @property
    def held(self):
        """False once the lease was lost or released."""
        return self._lease is not None and not self.lost.is_set()

    def _keep(self):
        pause = self._ttl / 3
        waited = 0.0
        while not self._done.is_set():
            # A short wait at a time, so that leaving the block is not held up.
            step = min(0.2, pause)
            try:
                message = self._client.next_event(step)
                if message is not None:
                    if is_release_request(message):
                        self._recall()
                        return
                    continue
                waited += step
                if waited >= pause:
                    self._client.renew(self._lease, self._ttl)
                    waited = 0.0
            except GatehouseError:
                self.lost.set()
                return
            except (OSError, ValueError):
                if not self._come_back():
                    return

    def _come_back(self):
        """The connection broke: whoever renews with the token is the holder again."""
        while not self._done.wait(0.5):
            try:
                self._client.close()
                self._client = self._connect()
                self._client.renew(self._lease, self._ttl)
                return True
            except GatehouseError:
                self.lost.set()
                return False
            except OSError:
                continue
        return False

    def _recall(self):
        self.recalled.set()
        if self._on_recall is not None:
            self._on_recall(self)
            self._release()

    def _release(self):
        lease, self._lease = self._lease, None
        if lease is None:
            return
        try:
            self._client.release(lease)
        except (GatehouseError, OSError):
            # It ended before, or Gatehouse is away; then its time-to-live ends it.
            pass


def lease(name, wait=None, **options):
    """``with gatehouse.lease(name="my-algo", wait=30):`` holds the session for the block."""
    return Lease(name, wait, **options)
