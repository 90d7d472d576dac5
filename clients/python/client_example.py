#!/usr/bin/env python3
"""Every operation of Gatehouse, one after the other, with both directions on standard output."""

import argparse
import logging
import sys

from gatehouse.client import Client, GatehouseError
from gatehouse.lease import SessionUnavailable, lease
from gatehouse.stock_data_reader import StockDataReader

log = logging.getLogger("client_example")


def main():
    options = arguments()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s")
    address = {"host": options.host, "port": options.port, "token": options.token}
    wire = lambda direction, line: log.info("%s %s", direction, line)  # noqa: E731

    try:
        client = Client(log=wire, **address)
    except OSError as error:
        sys.exit(f"Nothing answers on {options.host}:{options.port} ({error}). Is Gatehouse running?")
    with client:
        client.hello()
        client.ping()
        client.get_status()
        client.get_snapshot_epoch()
        tickers = client.list_tickers()
        for ticker in tickers[:1]:
            quote = client.get_quote(ticker)
            log.info("%s costs %s %s", ticker, quote["price"], quote["currency"])
            show_bars(client, ticker)
        if tickers:
            client.get_quotes(tickers[:5])
            client.subscribe(tickers[:5], ["quotes", "snapshot"])
            for event in client.events(duration=options.listen):
                log.info("pushed: %s", event["data"])
            client.unsubscribe()
        show_segment(client, options)
        client.get_reservation()
        borrow_plainly(client)
    borrow_for_a_block(address)


def show_bars(client, ticker):
    try:
        bars = list(client.history(ticker, "1d"))
    except GatehouseError as error:
        log.info("no history of %s: %s", ticker, error.message)
        return
    log.info("%d daily bars of %s", len(bars), ticker)


def show_segment(client, options):
    try:
        name = client.get_shm_name()
    except GatehouseError as error:
        log.info("no shared memory: %s", error.message)
        return
    reader = StockDataReader(options.host, options.port, shm_name=name)
    for ticker in reader.list_tickers()[:1]:
        rows = reader.get_stock(ticker)["df"] or []
        log.info("%s has %d daily bars in shared memory", ticker, len(rows))


def borrow_plainly(client):
    """The session as the oldest clients borrow it: anybody may release it."""
    try:
        answer = client.acquire()
    except GatehouseError as error:
        log.info("the session is taken: %s", error.message)
        return
    if answer["status"] != "acquired":
        log.info("not now: %s", answer["reason"])
        return
    log.info("here the program connects to IBKR, and disconnects")
    client.release()


def borrow_for_a_block(address):
    try:
        with lease(name="client-example", wait=5, **address) as held:
            log.info("the session is ours; asked back: %s", held.recalled.is_set())
    except SessionUnavailable as error:
        log.info("not now: %s", error)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    parser.add_argument("--token", help="needed where Gatehouse listens to other machines")
    parser.add_argument("--listen", type=float, default=2.0, help="seconds to listen to what is pushed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
