"""Measurements: `make bench` prints a table, each figure beside its baseline of the same run."""
