"""Documents of a referral: sealed for it alone, handed from form to referral, gone in time, whatever crashes."""

import os
import tempfile
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, select

from directory import wiring
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import NotFound, Refused
from directory.lib.sealed import Unreadable
from directory.lib.uploads import Unfit
from directory.referrals import actions, attachments, clinic_actions, drafts, queries, readdressing, sender_actions
from directory.referrals.models import Attachment, Draft, DraftKind, Referral
from directory.referrals.sending import send_draft
from directory.verification import actions as verification
from tests.support import documents
from tests.support.clinics import AT
from tests.support.requests import CLINICIAN, MO, NOOR, ready_clinic, sent_request
from tests.support.time import Clock

PLAIN = documents.pdf()


def begun(databases: Databases) -> UUID:
    location_id = ready_clinic(databases)
    with unit_of_work(databases) as db:
        draft, _token = drafts.begin(db, kind=DraftKind.CLINICIAN, location_id=location_id, agreed={}, at=AT)
        return draft.id


def put(databases: Databases, folder: Path, draft_id: UUID, content: bytes = PLAIN, name: str = "Labs Pat.pdf") -> None:
    taken = taken_in(folder, content, name)
    with unit_of_work(databases) as db:
        attachments.add(db, db.get_one(Draft, draft_id), taken, at=AT)


def taken_in(folder: Path, content: bytes, name: str) -> attachments.Taken:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return attachments.take_in(folder, file, name)


def send(databases: Databases, draft_id: UUID) -> UUID:
    with unit_of_work(databases, wiring.dispatch) as db:
        draft = db.get_one(Draft, draft_id)
        return send_draft(db, draft, CLINICIAN, key="", network="192.0.2.7", mailbox_proved=True, at=AT).id


def kept(folder: Path) -> list[Path]:
    return list(attachments.files(folder))


def test_a_document_goes_from_the_form_to_the_referral_and_lies_sealed_all_the_while(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    put(databases, tmp_path, draft_id, documents.photo_with_place(), "C:\\Users\\pat\\scan\u202e 1.jpg")
    with reading(databases) as db:
        found = attachments.find_in_form(db, db.get_one(Draft, draft_id))
        assert [(one.number, one.name) for one in found] == [(1, "Labs Pat.pdf"), (2, "scan 1.jpg")]
    referral_id = send(databases, draft_id)
    with reading(databases) as db:
        assert [one.name for one in attachments.find(db, referral_id)] == ["Labs Pat.pdf", "scan 1.jpg"]
        assert attachments.find_in_form(db, db.get_one(Draft, draft_id)) == []
        info, pieces = attachments.open_chunks(db, tmp_path, referral_id, 2)
        photo = b"".join(pieces)
        assert (info.media_type, info.ending, info.size_bytes) == ("image/jpeg", "jpg", len(photo))
        assert b"Exif" not in photo
        assert b"Taken at home" not in photo
        for row in db.exec(select(Attachment)).all():
            assert b"Labs" not in (row.name_sealed or b"")
    for path in kept(tmp_path):
        assert len(path.name) == 32
        assert b"%PDF" not in path.read_bytes()
        assert b"JFIF" not in path.read_bytes()


def test_a_document_opens_for_its_own_referral_alone(databases: Databases, clock: Clock, tmp_path: Path) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    put(databases, tmp_path, draft_id)
    referral_id = send(databases, draft_id)
    with unit_of_work(databases) as db:
        one, two = db.exec(select(Attachment).order_by(col(Attachment.number))).all()
        swapped = two.stored_as
        two.stored_as = "0" * 32
        db.flush()
        one.stored_as = swapped
        db.add(one)
    with reading(databases) as db:
        with pytest.raises(Unreadable):
            attachments.open_chunks(db, tmp_path, referral_id, 1)
        with pytest.raises(NotFound):
            attachments.open_chunks(db, tmp_path, referral_id, 2)
        with pytest.raises(NotFound):
            attachments.open_chunks(db, tmp_path, referral_id, 3)


def test_a_form_takes_five_documents_and_one_that_was_removed_makes_room(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    draft_id = begun(databases)
    for _number in range(5):
        put(databases, tmp_path, draft_id)
    with pytest.raises(Refused, match="at most five"):
        put(databases, tmp_path, draft_id)
    with unit_of_work(databases) as db:
        draft = db.get_one(Draft, draft_id)
        attachments.remove(db, draft, 2)
        attachments.remove(db, draft, 2)
    put(databases, tmp_path, draft_id, name="new.pdf")
    with reading(databases) as db:
        found = attachments.find_in_form(db, db.get_one(Draft, draft_id))
        assert [one.number for one in found] == [1, 2, 3, 4, 5]
        assert found[1].name == "new.pdf"


def test_documents_go_with_a_form_that_is_dropped_or_runs_out(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    with unit_of_work(databases) as db:
        assert drafts.drop_expired(db, clock.advance(hours=25)) == 1
        assert db.exec(select(Attachment)).all() == []
    for path in kept(tmp_path):
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    assert attachments.sweep(databases, tmp_path, at=clock.advance(minutes=1)) == 1
    assert kept(tmp_path) == []


def test_what_a_rollback_kept_is_not_swept_and_what_a_crash_left_is(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    referral_id = send(databases, draft_id)
    with pytest.raises(ZeroDivisionError), unit_of_work(databases) as db:
        attachments.forget(db, referral_id, at=AT)
        raise ZeroDivisionError
    taken_in(tmp_path, PLAIN, "never got its row.pdf")
    now = max(path.stat().st_mtime for path in kept(tmp_path))
    at = clock.travel(to=AT.fromtimestamp(now, tz=AT.tzinfo))
    assert attachments.sweep(databases, tmp_path, at=at) == 0, "an upload may be under way"
    assert attachments.sweep(databases, tmp_path, at=clock.advance(hours=2)) == 1
    with reading(databases) as db:
        assert b"".join(attachments.open_chunks(db, tmp_path, referral_id, 1)[1]).startswith(b"%PDF-")


@pytest.mark.parametrize("ends", ["withdrawn", "withdrawn after a yes", "sent by mistake", "declined", "expired"])
def test_a_request_that_ends_without_treatment_takes_its_documents_along_at_once(
    databases: Databases, clock: Clock, tmp_path: Path, ends: str
) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    referral_id = send(databases, draft_id)
    with unit_of_work(databases, wiring.dispatch) as db:
        referral = db.get_one(Referral, referral_id)
        task = queries.find_task_of(db, referral_id)
        if ends == "withdrawn after a yes":
            clinic_actions.accept(db, task.id, by=NOOR, at=AT, version=task.steps)
        if ends.startswith("withdrawn"):
            actions.withdraw(db, referral_id, by=actions.sender_of(referral), at=AT)
        elif ends == "sent by mistake":
            sender_actions.report_error(db, referral_id, by=actions.sender_of(referral), at=AT)
        elif ends == "declined":
            task = actions.open_by_clinic(db, task.id, by=NOOR, at=AT)
            clinic_actions.decline(db, task.id, by=NOOR, at=AT, version=task.steps, reason="no_capacity")
        else:
            actions.take_system_step(db, task, "expire", at=AT)
    with reading(databases) as db:
        assert attachments.find(db, referral_id) == []
        assert db.exec(select(Attachment)).one().key_sealed is None
    assert attachments.sweep(databases, tmp_path, at=AT) == 1
    assert kept(tmp_path) == []


def test_ninety_days_after_closing_documents_go_and_the_referral_stays(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    referral_id = send(databases, draft_id)
    with unit_of_work(databases) as db:
        referral = db.get_one(Referral, referral_id)
        referral.closed_at, referral.purge_at = AT, clock.now().replace(year=2099)
        db.add(referral)
    assert attachments.sweep(databases, tmp_path, at=clock.advance(days=89)) == 0
    assert attachments.sweep(databases, tmp_path, at=clock.advance(days=1)) == 1
    with reading(databases) as db:
        assert attachments.find(db, referral_id) == []
        assert db.get_one(Referral, referral_id).content_sealed is not None


def test_a_referral_that_was_purged_names_no_document(databases: Databases, clock: Clock, tmp_path: Path) -> None:
    draft_id = begun(databases)
    put(databases, tmp_path, draft_id)
    referral_id = send(databases, draft_id)
    with unit_of_work(databases) as db:
        referral = db.get_one(Referral, referral_id)
        referral.closed_at = referral.purge_at = AT
        actions.purge(db, referral_id, at=AT)
    with reading(databases) as db:
        assert attachments.find(db, referral_id) == []
        with pytest.raises(NotFound):
            attachments.open_chunks(db, tmp_path, referral_id, 1)
    assert attachments.sweep(databases, tmp_path, at=AT) == 1


def test_what_is_refused_leaves_no_file(tmp_path: Path) -> None:
    for content, why in (
        (b"", "kind"),
        (b"<html>", "kind"),
        (b"%PDF-" + b"0" * attachments.LARGEST, "too_heavy"),
        (documents.HOSTILE_PDFS["a script at opening"], "active"),
        (documents.HOSTILE_PDFS["locked"], "locked"),
        (documents.bomb(), "too_big"),
        (documents.image("JPEG", (900, 900))[:3000], "unreadable"),
    ):
        with pytest.raises(Unfit) as refused:
            taken_in(tmp_path, content, "x.pdf")
        assert refused.value.why in {why, "unreadable"}
    assert kept(tmp_path) == []


def test_while_another_clinic_is_asked_documents_stay_and_go_with_the_last(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    first = ready_clinic(databases)
    second = ready_clinic(databases, slug="other-clinic-portland-me", mailbox="other@example.org", npi="1679576722")
    with unit_of_work(databases) as db:
        draft, _token = drafts.begin(db, kind=DraftKind.CLINICIAN, location_id=first, agreed={}, at=AT)
    put(databases, tmp_path, draft.id)
    referral = sent_request(databases, first, clinician=True, then=(second,))
    with unit_of_work(databases) as db:
        attachments.hand_over(db, db.get_one(Draft, draft.id), db.get_one(Referral, referral.id))
    for still_there in (1, 0):
        with unit_of_work(databases, wiring.dispatch) as db:
            task = actions.open_by_clinic(db, queries.find_task_of(db, referral.id).id, by=NOOR, at=AT)
            clinic_actions.decline(db, task.id, by=NOOR, at=AT, version=task.steps, reason="no_capacity")
        with reading(databases) as db:
            assert len(attachments.find(db, referral.id)) == still_there
            assert attachments.were_forgotten(db, referral.id) is not bool(still_there)
        attachments.sweep(databases, tmp_path, at=AT)
        assert len(kept(tmp_path)) == still_there


@pytest.mark.parametrize("agreed", [False, True])
def test_a_press_that_asks_another_clinic_takes_the_documents_along(
    databases: Databases, clock: Clock, tmp_path: Path, agreed: bool
) -> None:
    draft_id = begun(databases)
    second = "other-clinic-portland-me"
    ready_clinic(databases, slug=second, mailbox="other@example.org", npi="1679576722")
    put(databases, tmp_path, draft_id)
    referral_id = send(databases, draft_id)
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral_id)
        if agreed:
            clinic_actions.accept(db, task.id, by=NOOR, at=AT, version=task.steps)
        verification.suspend(db, task.location_id, note="x", by=MO, at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        by = actions.sender_of(db.get_one(Referral, referral_id))
        assert readdressing.ask_another(db, referral_id, second, by=by, at=AT).status == "sent"
    with reading(databases) as db:
        assert [each.name for each in attachments.find(db, referral_id)] == ["Labs Pat.pdf"]
