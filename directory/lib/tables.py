"""What every table shares: the base class and columns for instants, ids, codes and JSON, alike on both databases."""

import datetime as dt
import json
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Integer, MetaData, String, Text, types
from sqlmodel import Field, SQLModel

from directory.lib import ids

# Names for constraints, so that a migration can name what it drops on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows only in INTEGER columns; PostgreSQL needs BIGINT for the same range.
big_integer = BigInteger().with_variant(Integer(), "sqlite")


class Table(SQLModel):
    """Base of every table (`class Location(Table, table=True)`). It does not validate: forms do, and CHECKs hold."""

    metadata = metadata


class UtcDateTime(types.TypeDecorator[dt.datetime]):
    """An instant: aware in Python, stored in UTC; a naive value is an error, never a guess."""

    impl = types.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Json(types.TypeDecorator[Any]):
    """Small structured values (lists of codes) as JSON text, the same on both databases; never mutated in place."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def id_field() -> Any:
    """The primary key: a UUIDv7 made by us."""
    return Field(default_factory=ids.new_id, primary_key=True, sa_type=types.Uuid)


def ref_field(target: str, *, nullable: bool = False, index: bool = True, **more: Any) -> Any:
    """A foreign key to `table.column`."""
    if nullable:
        more["default"] = None
    return Field(foreign_key=target, nullable=nullable, index=index, sa_type=types.Uuid, **more)


def at_field(*, nullable: bool = False, index: bool = False) -> Any:
    """An instant (`…_at`)."""
    return Field(default=None if nullable else ..., sa_type=UtcDateTime, nullable=nullable, index=index)


def code_field(*, default: Any = ..., length: int = 40, nullable: bool = False, index: bool = False) -> Any:
    """A code of `terminology`, stored as its text."""
    return Field(default=default, sa_type=String(length), nullable=nullable, index=index)


def json_field(default_factory: Any = list) -> Any:
    """A small JSON value; assign a new object to change it."""
    return Field(default_factory=default_factory, sa_type=Json, nullable=False)


def one_of(column: str, values: type[StrEnum] | tuple[str, ...], name: str | None = None) -> CheckConstraint:
    """A CHECK that `column` holds one of the codes of an enum."""
    codes = [v.value if isinstance(v, StrEnum) else v for v in values]
    listed = ", ".join(f"'{c}'" for c in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def together(*columns: str, name: str) -> CheckConstraint:
    """A CHECK that these columns are set together or not at all (`…_at` and `…_by`)."""
    first, *rest = columns
    return CheckConstraint(" AND ".join(f"(({first} IS NULL) = ({c} IS NULL))" for c in rest), name=name)


Id = uuid.UUID
