"""Templates and statements compiled once in a process of tests: each test opens databases and makes an application."""

import gc
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Mapper
from sqlalchemy.util import LRUCache

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


class _Statements(LRUCache[Any, Any]):
    """What an engine keeps of its statements, for every engine of the same kind.

    SQLAlchemy keeps a compiled statement under its engine's dialect and all that the statement is made of. Here the
    name of the dialect stands for it: all engines of one name speak to the same version of the same database.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """The statement compiled by this engine or another one, or None."""
        return super().get(_of_its_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        """Keep what this engine compiled."""
        super().__setitem__(_of_its_kind(key), compiled)


def _of_its_kind(key: Any) -> Any:
    dialect, *rest = key
    return (dialect.name, dialect.driver, *rest)


def pytest_configure() -> None:
    """Every environment and engine of this process shares what is compiled; what is imported by now is not walked for
    garbage.
    """
    templates.COMPILED = _InMemory()
    _share_statements()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)  # an application makes many objects: the default would walk them many times


def _share_statements() -> None:
    kept = _Statements(3_000)

    @event.listens_for(Engine, "engine_connect")
    def _connected(connection: Connection) -> None:
        connection.execution_options(compiled_cache=kept)

    @event.listens_for(Mapper, "mapper_configured")
    def _configured(mapper: Any, _class: type) -> None:
        mapper._compiled_cache = _Statements(100)  # rows are written with statements of the mapper's own
