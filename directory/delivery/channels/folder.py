"""Without a mail server: each mail becomes a file, which /dev/mail shows in development."""

import os
import tempfile
from pathlib import Path

from directory.delivery.channels import NotTaken
from directory.delivery.letters import Letter, Sender, as_email


class FolderChannel:
    """Writes `<when>-<message key>.eml` into one folder. Sent twice, a letter is still one file."""

    name = "folder"

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
