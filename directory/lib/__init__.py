"""Plumbing without a word of the domain: time, ids, tables, transactions, events, seals."""
