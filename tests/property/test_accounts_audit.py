"""The audit chain: gap-free under concurrency, and every tampering is named at the first bad row."""

import random
import threading
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind, system
from directory.accounts.models import AuditEvent, AuditHead
from directory.lib import rewrapping
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.sealed import KeyRing
from tests.support.databases import TEST_KEY

NOOR = Actor(ActorKind.CLINIC, "harbour-clinic")
ROWS = 40
SUBJECT = uuid.UUID("01890000-0000-7000-8000-000000000001")


def fill(databases: Databases, rows: int = ROWS) -> None:
    with unit_of_work(databases) as db:
        for n in range(rows):
            audit.append(db, NOOR, "accepted", subject_type="referral", subject_id=SUBJECT, detail={"n": n, "é": None})


def verdict(databases: Databases, known: audit.Head | None = None) -> audit.Broken | None:
    with reading(databases) as db:
        return audit.verify(db, known=known)


def test_an_untouched_chain_holds(databases: Databases) -> None:
    assert verdict(databases) is None
    fill(databases)
    assert verdict(databases) is None
    with reading(databases) as db:
        head = audit.head(db)
        assert [event.seq for event in db.exec(select(AuditEvent)).scalars()] == list(range(1, ROWS + 1))  # type: ignore[call-overload]
    assert head.seq == ROWS
    assert verdict(databases, head) is None


Tampering = Callable[[Session, int, random.Random], int]


def mutate(db: Session, seq: int, chance: random.Random) -> int:
    column, value = chance.choice(
        [
            ("actor_kind", "patient"),
            ("actor_label", "kit"),
            ("action", "declined"),
            ("subject_type", "task"),
            ("subject_id", uuid.uuid4()),
            ("subject_id", None),
            ("detail", {"n": -1}),
            ("chain", "f" * 64),
        ]
    )
    db.execute(update(AuditEvent).where(col(AuditEvent.seq) == seq).values({column: value}))
    return seq


def remove(db: Session, seq: int, _chance: random.Random) -> int:
    db.execute(delete(AuditEvent).where(col(AuditEvent.seq) == seq))
    return seq


def reorder(db: Session, seq: int, chance: random.Random) -> int:
    other = chance.choice([n for n in range(1, ROWS + 1) if n != seq])
    for old, new in ((seq, 10_000), (other, seq), (10_000, other)):
        db.execute(update(AuditEvent).where(col(AuditEvent.seq) == old).values(seq=new))
    return min(seq, other)


def truncate(db: Session, seq: int, _chance: random.Random) -> int:
    db.execute(delete(AuditEvent).where(col(AuditEvent.seq) >= seq))
    return seq


def invent(db: Session, seq: int, _chance: random.Random) -> int:
    """Adds a copy of a genuine row at the end."""
    source = db.execute(select(AuditEvent).where(col(AuditEvent.seq) == seq)).scalar_one()
    values = source.model_dump() | {"seq": ROWS + 1}
    db.execute(insert(AuditEvent).values(values))
    return ROWS + 1


@pytest.mark.parametrize("tampering", [mutate, remove, reorder, truncate, invent])
def test_every_tampering_is_named_at_its_first_bad_row(databases: Databases, tampering: Tampering) -> None:
    fill(databases)
    chance = random.Random(20260310)
    for _ in range(100):
        seq = chance.randint(1, ROWS)
        with Session(databases.writer, info={"keys": databases.keys}) as db:
            expected = tampering(db, seq, chance)
            broken = audit.verify(db)
            db.rollback()
        assert broken is not None
        assert broken.seq == expected, (tampering.__name__, seq, broken)
    assert verdict(databases) is None


def test_a_tail_cut_off_together_with_its_head_shows_against_a_head_kept_elsewhere(databases: Databases) -> None:
    fill(databases)
    with reading(databases) as db:
        kept = audit.head(db)
    with unit_of_work(databases) as db:
        db.execute(delete(AuditEvent).where(col(AuditEvent.seq) > 25))
        last = db.execute(select(col(AuditEvent.chain)).where(col(AuditEvent.seq) == 25)).scalar_one()
        db.execute(update(AuditHead).values(seq=25, chain=last))
    assert verdict(databases) is None
    assert verdict(databases, kept) == audit.Broken(26, "rows are missing at the end")
    fill(databases, rows=30)
    assert verdict(databases, kept) == audit.Broken(40, "the chain was written anew")


def test_a_log_emptied_with_its_head_shows(databases: Databases) -> None:
    fill(databases, rows=3)
    with reading(databases) as db:
        kept = audit.head(db)
    with unit_of_work(databases) as db:
        db.execute(delete(AuditHead))
    assert verdict(databases) == audit.Broken(1, "the head is missing")
    with unit_of_work(databases) as db:
        db.execute(delete(AuditEvent))
    assert verdict(databases) is None
    assert verdict(databases, kept) == audit.Broken(1, "the head is missing")


def test_many_who_append_at_once_leave_no_gap(databases: Databases) -> None:
    problems: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for _ in range(15):
                audit.viewed(databases, NOOR, subject_type="referral", subject_id=uuid.uuid4())
                with unit_of_work(databases) as db:
                    audit.append(db, system(f"job-{n}"), "reminded", subject_type="task")
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert verdict(databases) is None
    with reading(databases) as db:
        assert audit.head(db).seq == 4 * 15 * 2


def test_what_is_undone_leaves_no_link_and_no_gap(databases: Databases) -> None:
    def change() -> None:
        with unit_of_work(databases) as db:
            audit.append(db, NOOR, "accepted", subject_type="referral")
            raise RuntimeError("undone")

    fill(databases, rows=2)
    with pytest.raises(RuntimeError):
        change()
    fill(databases, rows=2)
    assert verdict(databases) is None


def test_the_chain_outlives_a_rotation_of_the_ring(database_url: str) -> None:
    old = Databases(database_url, keys=KeyRing({"k1": TEST_KEY}))
    fill(old, rows=5)
    old.close()
    both = Databases(database_url, keys=KeyRing({"k2": TEST_KEY[::-1], "k1": TEST_KEY}))
    with unit_of_work(both) as db:
        for wrapped in rewrapping.wrapped_tables():
            rewrapping.rewrap_some(db, wrapped, at_most=10)
    both.close()
    new = Databases(database_url, keys=KeyRing({"k2": TEST_KEY[::-1]}))
    fill(new, rows=5)
    assert verdict(new) is None
    new.close()


@pytest.mark.parametrize("label", ["", "pat@example.org", "a\nb", "x" * 81])
def test_a_label_that_could_name_a_person_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        Actor(ActorKind.PATIENT, label)
