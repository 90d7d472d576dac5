"""Gatehouse for Python: quotes and reservations over TCP, bars from shared memory."""

from .bars import Bars
from .dictionary import Dictionary

__all__ = ["Bars", "Dictionary"]
