"""Kill servers and workers at random: what a sender was told stands, once, at one clinic, and is delivered."""

import os
from pathlib import Path

from tests.support.chaos import chaos
from tests.support.mail import MailServer

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "20"))


def test_no_request_is_lost_doubled_or_seen_by_two_clinics_whatever_is_killed(
    tmp_path: Path, database_url: str, smtp: MailServer
) -> None:
    tally = chaos(tmp_path / "var", database_url, smtp, rounds=ROUNDS)
    assert tally.wrong == []
    assert tally.rounds == ROUNDS
    assert tally.acknowledged >= ROUNDS / 4
    assert tally.mails >= 2 * tally.acknowledged
    assert tally.answers["decline"] >= ROUNDS / 5
    assert tally.moves >= ROUNDS / 5
    assert tally.bounces >= 1
