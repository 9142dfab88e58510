"""The orders a person may choose, and nothing else: no payment, no weight, no secret."""

from enum import StrEnum


class Order(StrEnum):
    """How results stand; equal ones nearest first, then by slug."""

    DISTANCE = "distance"
    INTAKE = "intake"
    CONFIRMED = "confirmed"
