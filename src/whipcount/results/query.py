"""SQL over the tables of a run folder, through DuckDB: reading only, and only these tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import RunError

if TYPE_CHECKING:
    import polars as pl


def query_tables(tables: Mapping[str, Path], query: str) -> pl.DataFrame:
    """The rows that one query gives; `tables` are Parquet files by the name that the query knows them by.

    The query runs in a database of its own, in memory, that can open no other file, no network and no extension.
    Raises RunError: WC330 the query is wrong, WC331 it is not one question (SELECT, DESCRIBE, SUMMARIZE, EXPLAIN).
    """
    import duckdb

    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False, "threads": 2})
    try:
        _refuse_all_but_questions(duckdb.extract_statements(query), duckdb)
        for name, path in tables.items():
            connection.execute(f"create view {name} as select * from read_parquet({_quoted(path)})")
        allowed = ", ".join(_quoted(path) for path in tables.values())
        connection.execute(f"set allowed_paths = [{allowed}]")
        connection.execute("set python_enable_replacements = false")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        return _frame(connection.sql(query))
    except duckdb.Error as error:
        raise RunError.one("WC330", _first_lines(str(error)), _hint(tables)) from None
    finally:
        connection.close()


def _frame(result: Any) -> pl.DataFrame:
    import polars as pl

    frame = pl.from_arrow(result.to_arrow_table())
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _refuse_all_but_questions(statements: list[Any], duckdb_module: Any) -> None:
    questions = {duckdb_module.StatementType.SELECT, duckdb_module.StatementType.EXPLAIN}
    if len(statements) != 1 or statements[0].type not in questions:
        raise RunError.one(
            "WC331", "give one question: a run folder is only read", "begin with SELECT, FROM, DESCRIBE or SUMMARIZE"
        )


def _quoted(path: Path) -> str:
    return "'" + str(path.absolute()).replace("'", "''") + "'"


def _first_lines(message: str) -> str:
    """What the database says, without its drawing of where."""
    return " ".join(line.strip() for line in message.split("\n\n")[0].splitlines() if line.strip())


def _hint(tables: Mapping[str, Path]) -> str:
    return "tables are " + ", ".join(sorted(tables)) + "; `describe events` lists a table's columns"
