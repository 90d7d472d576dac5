#!/usr/bin/env python3
"""Exercises every request and the common errors of a running Gatehouse; exit code 1 on a failure."""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from gatehouse.client import Client, GatehouseError  # noqa: E402


class Failed(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failed(what)


def expect_error(code, call, *arguments, **fields):
    try:
        call(*arguments, **fields)
    except GatehouseError as error:
        expect(error.code == code, "expected %s, got %s" % (code, error))
        return error
    raise Failed("expected the error %s" % code)


def list_tickers(client):
    tickers = client.list_tickers()
    expect(isinstance(tickers, list), "a list")
    expect(len(tickers) > 0, "at least one ticker")


def get_quote(client):
    ticker = client.list_tickers()[0]
    quote = client.get_quote(ticker)
    fields = ["price", "volume", "currency", "ts_epoch_ms", "source", "ticker", "stale"]
    if quote.get("delayed"):
        fields.insert(5, "delayed")
    expect(list(quote) == fields, "the fields %s in this order" % fields)
    expect(quote["ticker"] == ticker, "the ticker asked for")
    expect(isinstance(quote["stale"], bool), "stale is true or false")


def get_quotes(client):
    tickers = client.list_tickers()[:3]
    expect(list(client.get_quotes(tickers)) == tickers, "a quote for each ticker")


def get_snapshot_epoch(client):
    snapshot = client.get_snapshot_epoch()
    expect(sorted(snapshot) == ["epoch", "last_update_ms"], "epoch and last_update_ms")


def get_shm_name(client):
    try:
        name = client.get_shm_name()
    except GatehouseError as error:
        expect(error.code == "NOT_FOUND", "NOT_FOUND where shared memory is off")
        return "shared memory is off"
    expect(isinstance(name, str) and name, "a name")
    return name


def greetings(client):
    expect(client.hello()["protocol"] == 1, "protocol 1")
    expect(client.ping() > 0, "the time")
    expect(isinstance(client.get_status(), dict), "a status")


def subscriptions(client):
    ticker = client.list_tickers()[0]
    client.subscribe([ticker])
    event = client.next_event(5)
    expect(event is not None and event["data"]["ticker"] == ticker, "the quote as it is now")
    expect(client.unsubscribe()["topics"] == [], "no topics left")


def reservation(client):
    state = client.get_reservation()["state"]
    if state != "free":
        return "skipped: the session is in use"
    answer = client.acquire(name="smoke-test", ttl=30)
    if answer["status"] == "denied":
        return "a download runs: %s" % answer["reason"]
    try:
        expect_error("CONFLICT", client.acquire)
        expect(client.renew(answer["lease"], 30)["status"] == "renewed", "renewed")
        expect_error("FORBIDDEN", client.release, "not-the-token")
    finally:
        released = client.release(answer["lease"])
    expect(released["status"] == "released", "released")
    expect_error("BAD_REQUEST", client.release)
    return None


def unknown_ticker(client):
    expect_error("NOT_FOUND", client.get_quote, "NO-SUCH-TICKER")


def unknown_type(client):
    expect_error("BAD_REQUEST", client.request, "no_such_request")


def missing_ticker(client):
    expect_error("BAD_REQUEST", client.request, "get_quote")


def missing_fields(client):
    client._send({"type": "list_tickers"})
    message = client.next_event(5)
    expect(message is not None and message["type"] == "error", "an error")
    expect(message["error"]["code"] == "BAD_REQUEST", "BAD_REQUEST")
    for name in ("v", "id"):
        expect(name in message["error"]["message"], "the missing field %s named" % name)


def malformed_json(client):
    client._socket.sendall(b"this is no JSON\n")
    message = client.next_event(5)
    expect(message is not None and message["error"]["code"] == "BAD_REQUEST", "BAD_REQUEST")
    expect(client.ping() > 0, "the connection goes on")


TESTS = [
    greetings,
    get_shm_name,
    list_tickers,
    get_quote,
    get_quotes,
    get_snapshot_epoch,
    subscriptions,
    reservation,
    unknown_ticker,
    unknown_type,
    missing_ticker,
    missing_fields,
    malformed_json,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    parser.add_argument("--token", help="needed where Gatehouse listens to other machines")
    options = parser.parse_args()
    failures = 0
    for test in TESTS:
        try:
            with Client(options.host, options.port, token=options.token) as client:
                note = test(client)
            print("ok     %s%s" % (test.__name__, " (%s)" % note if note else ""))
        except Exception as error:
            failures += 1
            print("FAILED %s: %s" % (test.__name__, error))
    print("%d of %d passed" % (len(TESTS) - failures, len(TESTS)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
