"""Templates compiled once in a process of tests: each test makes an application, and would compile them all again."""

import gc

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from directory.web import templates


class _InMemory(BytecodeCache):
    """Compiled templates by name; Jinja checks each against the digest of its source."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled before, unless the source has changed since."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def pytest_configure() -> None:
    """Every environment of this process shares what is compiled; what is imported by now is not walked for garbage."""
    templates.COMPILED = _InMemory()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)  # an application makes 200,000 objects: the default would walk them many times
