"""The codes we speak: value sets and their labels, as frozen rows with lookups. Nothing here reads a database."""
