"""The running service sends what was promised: from inside `serve`, from `worker`, to a server or to the folder."""

import email
import email.policy
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from directory import settings as settings_module
from directory.delivery import actions
from directory.lib.db import unit_of_work
from directory.lib.opening import open_databases
from tests.support.mail import MailServer
from tests.support.service import Service

IDS = {"reference": "R-7F3K-92", "task": str(uuid.uuid4())}


def promise(service: Service, database_url: str, mailbox: str) -> None:
    """Queues from another process than the one that sends, with the service's own keys."""
    given = {
        "DIRECTORY_DATA_DIR": str(service.data_dir),
        "DIRECTORY_DATABASE_URL": database_url,
        "DIRECTORY_KEYS_FILE": str(service.settings["keys_file"]),
    }
    databases = open_databases(settings_module.load(given))
    try:
        with unit_of_work(databases) as db:
            actions.queue(db, message="referral_arrived", mailbox=mailbox, ids=IDS)
    finally:
        databases.close()


def test_serve_sends_what_another_process_promised(
    start: Callable[..., Service], database_url: str, smtp: MailServer
) -> None:
    service = start("serve", database_url=database_url, smtp_url=smtp.url).wait_until_ready()
    promise(service, database_url, "intake@harbour.example")
    (received,) = smtp.wait_for(1)
    assert received.recipients == ("intake@harbour.example",)
    assert f"{service.url}/answer/" in str(received.message.get_body(("plain",)))
    assert service.stop() == 0
    assert "harbour" not in service.log()


def test_the_worker_sends_beside_a_server_that_does_not(
    start: Callable[..., Service], database_url: str, smtp: MailServer, tmp_path: Path
) -> None:
    common = {"database_url": database_url, "smtp_url": smtp.url, "data_dir": tmp_path / "var"}
    web = start("serve", worker_inside="no", **common).wait_until_ready()
    promise(web, database_url, "one@harbour.example")
    worker = start("worker", **common)
    smtp.wait_for(1)
    promise(web, database_url, "two@harbour.example")
    assert [each.recipients for each in smtp.wait_for(2)] == [("one@harbour.example",), ("two@harbour.example",)]
    assert worker.stop() == 0


def test_without_a_mail_server_the_developer_reads_the_mail_on_a_page(
    start: Callable[..., Service], database_url: str
) -> None:
    service = start("serve", database_url=database_url).wait_until_ready()
    with service.client() as client:
        assert "No mail yet" in client.get("/dev/mail").text
        promise(service, database_url, "intake@harbour.example")
        deadline = time.monotonic() + 20
        while "R-7F3K-92" not in (page := client.get("/dev/mail").text):
            assert time.monotonic() < deadline, service.log()
        assert "intake@harbour.example" in page
        (file,) = (service.data_dir / "mail").glob("*.eml")
        mail = client.get(f"/dev/mail/{file.name}").text
        assert f'<a href="{service.url}/answer/' in mail
        for bad in ("..%2fkeys", "keys", "../keys", "20260310T150000000000-0a.eml", ".writing-x"):
            assert client.get(f"/dev/mail/{bad}").status_code == 404
        assert client.get("/dev/mail", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert kept["subject"] == "A new request waits for you. Reference R-7F3K-92"
