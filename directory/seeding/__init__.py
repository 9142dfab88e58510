"""Fills a directory: the invented demo, as many invented lines as a bench needs, and lists that people bring."""
