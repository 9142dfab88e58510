"""What an upload costs the server: its files stand on the disk, and the program that reads them is another one."""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from directory.referrals.attachments import FOLDER
from tests.support import documents
from tests.support.databases import Maker
from tests.support.forms import form_of
from tests.support.service import Service

GROWTH_MB = 32
CLINIC = "harbour-clinic-new-york-ny"


def heavy() -> bytes:
    """A PDF of nearly 5 MB, as a scanner makes it."""
    stream = os.urandom(5_200_000)
    content = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
    return documents.with_catalogue(b"", content, page=b"/Contents 4 0 R")


def processes(leader: int) -> list[Path]:
    """Of the server: the process that was started and its children."""
    found = [Path(f"/proc/{leader}/status")]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if re.search(rf"^PPid:\s+{leader}$", status.read_text(), re.MULTILINE):
                found.append(status)
        except OSError:  # it has ended meanwhile
            continue
    return found


def memory_mb(status: Path, what: str) -> float:
    """`VmRSS` (now) or `VmHWM` (the most so far)."""
    found = re.search(rf"^{what}:\s+(\d+)", status.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def begun(service: Service) -> tuple[httpx.Client, dict[str, str]]:
    """A browser with a clinician's form, and the hidden fields of its page of documents."""
    client = service.client()
    client.post(f"/clinics/{CLINIC}/refer", data={"agree_terms": "yes"}, headers={"Origin": service.url})
    return client, form_of(client.get("/refer/documents").text).hidden


def put(service: Service, client: httpx.Client, hidden: dict[str, str], content: bytes) -> int:
    files = {"file": ("scan.pdf", content, "application/pdf")}
    typed = {**hidden, "add": "yes"}
    answer = client.post("/refer/documents", data=typed, files=files, headers={"Origin": service.url}, timeout=60)
    return answer.status_code


def test_the_server_grows_by_a_few_megabytes_while_files_of_five_come_in_at_once(
    make_database: Callable[[str], Maker], start: Callable[..., Service]
) -> None:
    service = start("serve", database_url=make_database("sqlite").demo(), demo="yes").wait_until_ready()
    browsers = [begun(service) for _browser in range(3)]
    for client, hidden in browsers:
        assert put(service, client, hidden, documents.pdf()) == 303
    before = {status: memory_mb(status, "VmRSS") for status in processes(service.process.pid)}
    content = heavy()
    for status in before:
        (status.parent / "clear_refs").write_text("5")  # the most so far is counted from here
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda place: put(service, *browsers[place % 3], content), range(9)))
    assert told == [303] * 9
    grown = {status: memory_mb(status, "VmHWM") - was for status, was in before.items()}
    assert max(grown.values()) <= GROWTH_MB, grown
    assert len(list((service.data_dir / FOLDER).iterdir())) == 12
    for client, _hidden in browsers:
        client.close()
