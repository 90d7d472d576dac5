"""Talking to Gatehouse over TCP: quotes, history, subscriptions, the reservation."""

import collections
import json
import socket
import threading
import time

__all__ = ["Client", "GatehouseError", "ConnectionClosed", "connect"]

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 12345


class GatehouseError(Exception):
    """An answer that is an error; ``code`` is one of the protocol's codes."""

    def __init__(self, code, message):
        super().__init__("%s: %s" % (code, message))
        self.code = code
        self.message = message


class ConnectionClosed(ConnectionError):
    """Gatehouse closed the connection, or went away."""


class Client:
    """
    One connection. Requests may come from several threads, one at a time; what is pushed in the
    meantime is kept for ``events``.
    """

    def __init__(self, host=DEFAULT_HOST, port=DEFAULT_PORT, timeout=10.0, token=None, log=None):
        self.timeout = timeout
        self._log = log
        self._lock = threading.RLock()
        self._events = collections.deque()
        self._received = bytearray()
        self._last_id = 0
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if token is not None:
            self.request("auth", token=token)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    # -- requests ---------------------------------------------------------------------------

    def request(self, type, timeout=None, **fields):
        """Sends one request and gives the ``data`` of its answer, or raises ``GatehouseError``."""
        with self._lock:
            self._last_id += 1
            request_id = self._last_id
            self._send({"v": 1, "id": request_id, "type": type, **fields})
            deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
            while True:
                message = self._receive(deadline)
                if message is None:
                    # An answer that comes late would be taken for that of the next request.
                    self.close()
                    raise TimeoutError("no answer to %s" % type)
                if message.get("id") == request_id and message["type"] != "event":
                    return _data_of(message)
                if message.get("id") is None and message["type"] == "error":
                    return _data_of(message)
                self._events.append(message)

    def hello(self):
        return self.request("hello")

    def ping(self):
        """The server's clock in epoch milliseconds."""
        return self.request("ping")["ts_ms"]

    def list_tickers(self):
        return self.request("list_tickers")

    def get_quote(self, ticker):
        return self.request("get_quote", ticker=ticker)

    def get_quotes(self, tickers):
        """A dictionary of quotes by ticker; unknown tickers are left out."""
        data = self.request("get_quotes", tickers=list(tickers))
        return {quote["ticker"]: quote for quote in data["quotes"]}

    def get_snapshot_epoch(self):
        return self.request("get_snapshot_epoch")

    def get_shm_name(self, columnar=False):
        """The name of the dictionary, or with ``columnar`` everything known of both segments."""
        if columnar:
            return self.request("get_shm_name", columnar=True)
        return self.request("get_shm_name")["shm_name"]

    def get_status(self):
        return self.request("get_status")

    def get_reservation(self):
        return self.request("get_reservation")

    def history(self, ticker, timeframe="1d", start=None, end=None, page=1000):
        """Every bar, oldest first, fetched in pages. Times are epoch milliseconds or ISO texts."""
        while True:
            wanted = {"from": start, "to": end}
            given = {name: value for name, value in wanted.items() if value is not None}
            data = self.request(
                "get_history", ticker=ticker, timeframe=timeframe, limit=page, **given
            )
            for bar in data["bars"]:
                yield bar
            if data["next"] is None:
                return
            start = data["next"]

    # -- the reservation --------------------------------------------------------------------

    def acquire(self, name=None, ttl=None, wait=None, bind=False):
        """
        Asks for the session. Without arguments anybody may release what is acquired; with any of
        them the answer has the token of the lease. Times are in seconds. Gives the answer's data,
        of which ``status`` may be ``denied``.
        """
        fields = {}
        if name is not None:
            fields["client"] = name
        if ttl is not None:
            fields["ttl_ms"] = max(1, int(ttl * 1000))
        if wait is not None:
            fields["wait_ms"] = int(wait * 1000)
        if bind:
            fields["bind"] = "connection"
        return self.request("acquire_ibkr", timeout=self.timeout + (wait or 0), **fields)

    def release(self, lease=None):
        fields = {} if lease is None else {"lease": lease}
        return self.request("release_ibkr", **fields)

    def renew(self, lease, ttl):
        return self.request("renew_ibkr", lease=lease, ttl_ms=max(1, int(ttl * 1000)))

    # -- what is pushed ---------------------------------------------------------------------

    def subscribe(self, tickers=None, topics=None):
        """``tickers`` is a list or ``"*"``; topics are quotes, snapshot, connection, reservation."""
        return self.request("subscribe", **_wanted(tickers, topics))

    def unsubscribe(self, tickers=None, topics=None):
        return self.request("unsubscribe", **_wanted(tickers, topics))

    def next_event(self, timeout=None):
        """The next message that answers no request, or None when none comes within ``timeout``."""
        with self._lock:
            if self._events:
                return self._events.popleft()
            return self._receive(None if timeout is None else time.monotonic() + timeout)

    def events(self, duration=None):
        """Everything that is pushed, for so many seconds or for ever."""
        end = None if duration is None else time.monotonic() + duration
        while True:
            event = self.next_event(None if end is None else max(0.0, end - time.monotonic()))
            if event is None:
                return
            yield event
            if end is not None and time.monotonic() >= end:
                return

    # -- the wire ---------------------------------------------------------------------------

    def _send(self, message):
        line = json.dumps(message, separators=(",", ":"))
        if self._log:
            self._log("->", line)
        self._socket.settimeout(self.timeout)
        self._socket.sendall(line.encode("ascii") + b"\n")

    def _receive(self, deadline):
        """The next message, or None when the deadline passes first."""
        while True:
            end = self._received.find(b"\n")
            if end >= 0:
                line = self._received[:end].decode("ascii")
                del self._received[: end + 1]
                if self._log:
                    self._log("<-", line)
                return json.loads(line)
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                received = self._socket.recv(65536)
            except socket.timeout:
                return None
            if not received:
                raise ConnectionClosed("Gatehouse closed the connection")
            self._received += received


def connect(host=DEFAULT_HOST, port=DEFAULT_PORT, **options):
    return Client(host, port, **options)


def is_release_request(message):
    """True for the message that asks a holder to give the session back."""
    data = message.get("data")
    return (
        message.get("op") == "release_ibkr"
        and isinstance(data, dict)
        and data.get("status") == "release_requested"
    )


def _wanted(tickers, topics):
    fields = {}
    if tickers is not None:
        fields["tickers"] = tickers if tickers == "*" else list(tickers)
    if topics is not None:
        fields["topics"] = list(topics)
    return fields


def _data_of(message):
    if message["type"] == "error":
        raise GatehouseError(message["error"]["code"], message["error"]["message"])
    return message["data"]
