"""Without a mail server: each mail becomes a file, which /dev/mail shows in development."""

import datetime as dt
import email
import email.policy
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from directory.delivery.channels import NotTaken
from directory.delivery.letters import Letter, Sender, as_email
from directory.delivery.models import Lane

_NAME = re.compile(r"[0-9T]{20,30}-[0-9a-f]{1,64}\.eml")


class FolderChannel:
    """Writes `<when>-<message key>.eml` into one folder. Sent twice, a letter is still one file."""

    name = "folder"
    lane = Lane.MAIL

    def __init__(self, folder: Path, sender: Sender) -> None:
        self.folder = folder
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Writes the file, whole or not at all."""
        name = f"{letter.queued_at:%Y%m%dT%H%M%S%f}-{letter.message_key}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".writing-")
            with os.fdopen(handle, "wb") as file:
                file.write(as_email(letter, self._sender).as_bytes())
            Path(temporary).replace(self.folder / name)
        except OSError:
            raise NotTaken("folder") from None

    def close(self) -> None:
        """Nothing is kept open."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail of the folder. `lines` are those of its text; one that is an address is a link."""

    name: str
    to: str
    subject: str
    sent_at: dt.datetime
    lines: tuple[tuple[str, bool], ...]


def kept(folder: Path) -> list[KeptMail]:
    """All mails of a folder, newest first."""
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True)
    return [mail for name in names if (mail := find_kept(folder, name)) is not None]


def find_kept(folder: Path, name: str) -> KeptMail | None:
    """The mail of this file name; None when there is none, or when the name is not one of ours."""
    path = folder / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    lines = body.get_content().splitlines() if body else []
    return KeptMail(
        name=name,
        to=str(mail["to"]),
        subject=str(mail["subject"]),
        sent_at=mail["date"].datetime,
        lines=tuple((line, line.startswith(("http://", "https://")) and " " not in line) for line in lines),
    )
