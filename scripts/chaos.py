"""Kill servers and workers 200 times on each database during 500 requests, and print what became of these."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.chaos import chaos  # noqa: E402
from tests.support.chaos_people import Tally  # noqa: E402
from tests.support.databases import Maker  # noqa: E402
from tests.support.mail import MailServer  # noqa: E402
from tests.support.postgres import running_cluster  # noqa: E402

COLUMNS = (
    "database", "kills", "asked", "told sent", "requests", "answers", "moved on", "bounced",
    "mails", "mail twice", "pressed again", "s", "wrong",
)  # fmt: skip


def row(kind: str, tally: Tally) -> tuple[str, ...]:
    """One line of the table."""
    kills = f"{tally.rounds} ({', '.join(f'{n} {what}' for what, n in sorted(tally.kills.items()))})"
    counts = (len(tally.told), tally.acknowledged, tally.requests, tally.answers.total(), tally.moves, tally.bounces)
    more = (tally.mails, tally.repeated_mails, tally.repeated_presses, round(tally.seconds), len(tally.wrong))
    return (kind, kills, *map(str, counts + more))


def main() -> int:
    """Both databases, one after the other; 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    asked = parser.parse_args()
    rows, wrong = [COLUMNS], []
    with tempfile.TemporaryDirectory(prefix="directory-chaos-") as name:
        folder = Path(name)
        for kind in asked.database or ["sqlite", "postgresql"]:
            place = folder / kind
            place.mkdir()
            maker = Maker(kind, place, folder, lambda: running_cluster(folder, os.getpid()))
            mail = MailServer()
            try:
                tally = chaos(
                    place / "var", maker.migrated(), mail, rounds=asked.rounds, seed=asked.seed, requests=asked.requests
                )
            finally:
                mail.stop()
                maker.close()
            rows.append(row(kind, tally))
            wrong += [f"{kind}: {what}" for what in tally.wrong]
    widths = [max(len(each[at]) for each in rows) for at in range(len(COLUMNS))]
    for each in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=True)))
    print(
        "\n".join(wrong[:50]) or 'Every request whose sender saw "sent" exists once; no two clinics had it at a time.'
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
