"""The store of pieces: whole or absent, checked when read, never another's, safe for several writers."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from whipcount.errors import RunError
from whipcount.store import STALE, DamagedError, Store, clear_temporaries, tidy
from whipcount.store import Entry as Kept

WRITER = """
import sys
from pathlib import Path
from whipcount.store import Store
store = Store(Path(sys.argv[1]), "key")
for _ in range(40):
    for name in "abc":
        store.put(name, name.encode() * 50_000)
"""


def test_a_piece_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = Store(tmp_path / "below", "key")
    assert store.get("a") is None
    digest = store.put("a", b"content\nof two lines")
    assert store.get("a") == (b"content\nof two lines", digest)
    columns = {"x": np.arange(5, dtype=np.float32), "y": np.array([True, False])}
    store.put_columns("b", columns)
    found = store.get_columns("b")
    assert found is not None
    assert {name: (values.dtype, values.tolist()) for name, values in found.items()} == {
        name: (values.dtype, values.tolist()) for name, values in columns.items()
    }


@pytest.mark.parametrize("place", range(0, 240, 17))
def test_no_changed_byte_goes_unseen(tmp_path: Path, place: int) -> None:
    store = Store(tmp_path, "key")
    store.put_columns("a", {"x": np.arange(8.0)})
    content = store.path("a").read_bytes()
    store.path("a").write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    with pytest.raises(DamagedError):
        store.get("a")
    assert store.get_columns("a") is None


@pytest.mark.parametrize("length", [0, 5, 90, 150])
def test_a_piece_cut_short_is_damaged(tmp_path: Path, length: int) -> None:
    store = Store(tmp_path, "key")
    store.put("a", bytes(200))
    store.path("a").write_bytes(store.path("a").read_bytes()[:length])
    with pytest.raises(DamagedError):
        store.get("a")


def test_a_piece_of_another_key_is_not_taken(tmp_path: Path) -> None:
    Store(tmp_path, "theirs").put("a", b"content")
    with pytest.raises(DamagedError, match="something else"):
        Store(tmp_path, "ours").get("a")
    assert Store(tmp_path, "ours").owners() == {"theirs"}


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a b", "x" * 121])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a piece"):
        Store(tmp_path).put(name, b"")


def test_several_processes_may_write_the_same_pieces(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) for _ in range(3)]
    store = Store(tmp_path, "key")
    seen = 0
    while any(writer.poll() is None for writer in writers):
        for name in "abc":
            found = store.get(name)  # raises if it is ever half-written
            assert found is None or found[0] == name.encode() * 50_000
            seen += found is not None
    assert seen
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.piece", "b.piece", "c.piece"]


def test_a_disk_that_refuses_is_an_error_only_for_what_must_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunError, match="WC321"):
        Store(tmp_path).put("a", b"content")
    light = Store(tmp_path, durable=False)
    light.put("a", b"content")
    assert light.get("a") is None
    assert list(tmp_path.iterdir()) == []


def test_only_stale_leftovers_are_cleared_where_others_may_write(tmp_path: Path) -> None:
    (tmp_path / "a.77.part").write_bytes(b"half")
    clear_temporaries(tmp_path, older=STALE)
    assert [path.name for path in tmp_path.iterdir()] == ["a.77.part"]
    clear_temporaries(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_old_goes_and_then_what_is_longest_unused(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abcd"]
    for path in paths:
        path.write_bytes(b"")
    entries = [Kept(path, 10, used) for path, used in zip(paths, (0.0, 80.0, 90.0, 95.0), strict=True)]
    assert tidy(entries, keep_seconds=50, keep_bytes=20, spared=(paths[1],), now=100.0) == [paths[0], paths[2]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "d"]
