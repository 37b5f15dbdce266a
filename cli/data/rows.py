"""Rows of the desk's tables, written with COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql

from api.models import Base


class Rows:
    """Rows of one table that wait to be written; what is not given has the model's default."""

    def __init__(self, model: type[Base]) -> None:
        self._name = model.__tablename__
        columns = model.__table__.columns
        self._place = {column.name: index for index, column in enumerate(columns)}
        self._blank = [_default(column) for column in columns]
        self._rows: list[list[Any]] = []

    def add(self, **values: object) -> None:
        """One row."""
        row = self._blank.copy()
        for name, value in values.items():
            is_json = isinstance(value, (dict, list))
            row[self._place[name]] = json.dumps(value, ensure_ascii=False) if is_json else value
        self._rows.append(row)

    def write(self, connection: psycopg.Connection) -> None:
        """Write what waits."""
        if not self._rows:
            return
        columns = sql.SQL(", ").join(map(sql.Identifier, self._place))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self._name), columns)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in self._rows:
                copy.write_row(row)
        self._rows.clear()


class Sheets:
    """The rows of several tables, written together in the order of `models`."""

    def __init__(self, models: Iterable[type[Base]]) -> None:
        self._rows: Mapping[type[Base], Rows] = {model: Rows(model) for model in models}

    def __getitem__(self, model: type[Base]) -> Rows:
        return self._rows[model]

    def write(self, connection: psycopg.Connection) -> None:
        """Write everything in one transaction."""
        with connection.transaction():
            for rows in self._rows.values():
                rows.write(connection)


def _default(column: Any) -> object:
    """A constant, or an empty list or object; what is made anew for each row must be given."""
    default = column.default
    if default is None or default.is_sequence:
        return None
    if default.is_scalar:
        return default.arg
    made = default.arg(None)
    return json.dumps(made) if isinstance(made, (dict, list)) else None
