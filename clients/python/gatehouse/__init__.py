"""Gatehouse for Python: quotes and reservations over TCP, bars from shared memory."""

from .bars import Bars
from .client import Client, ConnectionClosed, GatehouseError, connect
from .dictionary import Dictionary
from .lease import Lease, SessionUnavailable, lease
from .stock_data_reader import StockDataReader

__all__ = [
    "Bars",
    "Client",
    "ConnectionClosed",
    "Dictionary",
    "GatehouseError",
    "Lease",
    "SessionUnavailable",
    "StockDataReader",
    "connect",
    "lease",
]
