"""SQL over the tables of a run folder, through DuckDB: reading only, and only these tables."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import RunError

if TYPE_CHECKING:
    import polars as pl

SECONDS = 600.0
MEGABYTES = 2_000
_EXPLAIN = re.compile(r"(?:\s|/\*.*?\*/|--[^\n]*\n)*explain\b(?:(?:\s|/\*.*?\*/|--[^\n]*\n)+analyze\b)?", re.I | re.S)
_HOW = re.compile(r"\s*\(\s*(?:format|analyze)\b[^()]*\)", re.I)


def query_tables(
    tables: Mapping[str, Path], query: str, seconds: float = SECONDS, megabytes: int = MEGABYTES
) -> pl.DataFrame:
    """The rows that one query gives; `tables` are Parquet files by the name that the query knows them by.

    That nothing is written is held twice: only questions are let in, also behind EXPLAIN, and the database lives in
    memory and may open no file, no network and no extension. The tables are read for it, as far as it asks for them.
    seconds, megabytes: what the question may take; nothing is spilled to a disk.

    Raises RunError: WC330 the query is wrong, WC331 it is not one question (SELECT, DESCRIBE, SUMMARIZE, EXPLAIN),
    WC332 it takes too long or too much memory. Ctrl-C raises KeyboardInterrupt.
    """
    import duckdb

    config: dict[str, Any] = {
        "autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 2,
        "memory_limit": f"{megabytes}MB", "temp_directory": "",
    }  # fmt: skip
    connection = duckdb.connect(":memory:", config=config)
    late = threading.Event()

    def stop() -> None:
        late.set()
        connection.interrupt()

    clock = threading.Timer(seconds, stop)
    try:
        _refuse_all_but_questions(query, duckdb)
        for name, path in tables.items():
            connection.register(name, _scanned(path))
        connection.execute("set python_enable_replacements = false")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        clock.start()
        return _frame(connection.sql(query))
    except duckdb.OutOfMemoryException:
        raise RunError.one(
            "WC332",
            f"the question takes more memory than it may ({megabytes} MB) or than there is",
            "ask for less, or allow more",
        ) from None
    except (duckdb.Error, RuntimeError) as error:
        if late.is_set():
            raise RunError.one(
                "WC332", f"no answer within {seconds:g} seconds", "ask for less, or allow more"
            ) from None
        # the database tells of Ctrl-C in ways of its own
        if isinstance(error, duckdb.InterruptException) or str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        if not isinstance(error, duckdb.Error):
            raise
        raise RunError.one("WC330", _first_lines(str(error)), _hint(tables)) from None
    finally:
        clock.cancel()
        connection.close()


def _scanned(path: Path) -> Any:
    """A table that is read as it is asked for; names that are kept as numbers with a dictionary come as text."""
    import pyarrow as pa
    from pyarrow import dataset

    schema = dataset.dataset(path).schema
    plain = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in schema
    ]
    return dataset.dataset(path, schema=pa.schema(plain))


def _frame(result: Any) -> pl.DataFrame:
    import polars as pl

    frame = pl.from_arrow(result.to_arrow_table())
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _refuse_all_but_questions(query: str, duckdb_module: Any) -> None:
    """One statement, a question; what EXPLAIN explains, and with ANALYZE carries out, must be one too."""
    kinds = duckdb_module.StatementType
    statements = duckdb_module.extract_statements(query)
    inner = query
    while len(statements) == 1 and statements[0].type == kinds.EXPLAIN:
        found = _EXPLAIN.match(inner)
        if found is None:
            break
        inner = inner[found.end() :]
        how = _HOW.match(inner)
        statements = duckdb_module.extract_statements(inner[how.end() :] if how else inner)
    if len(statements) != 1 or statements[0].type != kinds.SELECT:
        raise RunError.one(
            "WC331", "give one question: a run folder is only read", "begin with SELECT, FROM, DESCRIBE or SUMMARIZE"
        )


def _first_lines(message: str) -> str:
    """What the database says, without its drawing of where."""
    return " ".join(line.strip() for line in message.split("\n\n")[0].splitlines() if line.strip())


def _hint(tables: Mapping[str, Path]) -> str:
    return "tables are " + ", ".join(sorted(tables)) + "; `describe events` lists a table's columns"
