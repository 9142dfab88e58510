"""`make bench`: measures all, then the table. ARGS: parts, such as `index outbox`; `--quick`: no million."""

import os
import sys

from tests.bench import (
    bench_imports,
    bench_inbox,
    bench_index,
    bench_keys,
    bench_outbox,
    bench_pages,
    bench_paint,
    bench_portal,
    bench_queue,
)
from tests.bench.table import Table

PARTS = ("index", "pages", "portal", "queue", "inbox", "outbox", "keys", "imports", "paint")


def main(arguments: list[str]) -> int:
    """Print figures as they come, then the table; 1 when a goal was missed."""
    table = Table()
    busy = os.getloadavg()[0]
    if busy > 0.5:
        print(f"Others are at work on this machine (load {busy:.1f}): figures in milliseconds will be too large.")
    parts = [argument for argument in arguments if not argument.startswith("-")] or list(PARTS)
    if "index" in parts:
        print("Index against PostgreSQL", flush=True)
        bench_index.run(table, million="--quick" not in arguments)
    if "pages" in parts:
        print("Pages against hello-world", flush=True)
        bench_pages.run(table)
    if "portal" in parts:
        print("The clinic's rooms", flush=True)
        bench_portal.run(table)
    if "queue" in parts:
        print("The queue", flush=True)
        bench_queue.run(table)
    if "inbox" in parts:
        print("The inbox", flush=True)
        bench_inbox.run(table)
    if "outbox" in parts:
        print("The outbox", flush=True)
        bench_outbox.run(table)
    if "keys" in parts:
        print("The key ring", flush=True)
        bench_keys.run(table)
    if "imports" in parts:
        print("Files from outside", flush=True)
        bench_imports.run(table)
    if "paint" in parts:
        print("First sight on a slow line", flush=True)
        bench_paint.run(table)
    print()
    print(table.text())
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
