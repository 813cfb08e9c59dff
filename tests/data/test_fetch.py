"""Fetching from an archive on this machine: checksums, damage, zip files, archives that are none."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from whipcount.cli import main
from whipcount.data.fetch import SETS, SUMS, check, fetch, listing
from whipcount.errors import TableError

TABLE = b"party_id,family_name_short\n1,soc\n"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return out.getvalue()


class Archive:
    """A Dataverse of one data set on loopback, whose files can be damaged."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"view_party.csv": TABLE, "codebook.pdf": b"%PDF"}
        self.served: dict[str, bytes] = {}
        self.answer: bytes | None = None
        self.algorithm = ("MD5", hashlib.md5)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.respond(self)

            def log_message(self, *_: object) -> None:
                """Keep the tests quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        names = list(self.files)
        if request.path.startswith("/api/datasets/"):
            body = self.answer if self.answer is not None else self.listing(names)
        elif request.path.startswith("/api/access/datafile/"):
            assert "format=original" in request.path
            name = names[int(request.path.split("/")[-1].split("?")[0])]
            body = self.served.get(name, self.files[name])
        else:
            request.send_error(404)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def listing(self, names: list[str]) -> bytes:
        rows = []
        for number, name in enumerate(names):
            file: dict[str, object] = {
                "id": number,
                "filename": name.replace(".csv", ".tab"),
                "checksum": {"type": self.algorithm[0], "value": self.algorithm[1](self.files[name]).hexdigest()},
            }
            if name.endswith(".csv"):
                file["originalFileName"] = name
            rows.append({"dataFile": file})
        return json.dumps({"status": "OK", "data": rows}).encode()


@pytest.fixture
def archive() -> Iterator[Archive]:
    served = Archive()
    yield served
    served.server.shutdown()


PARLGOV = SETS["parlgov"]


def test_tables_are_fetched_under_the_names_they_were_uploaded_with(archive: Archive, tmp_path: Path) -> None:
    assert [file.name for file in listing(PARLGOV, archive.address)] == ["view_party.csv"]
    kept = fetch(PARLGOV, tmp_path, archive.address)
    assert [file.name for file in kept] == ["view_party.csv"]
    assert (tmp_path / "view_party.csv").read_bytes() == TABLE
    assert hashlib.sha256(TABLE).hexdigest() in (tmp_path / SUMS).read_text()
    assert [file.name for file in check(tmp_path)] == ["view_party.csv"]


def test_a_damaged_file_is_never_put_in_place(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "view_party.csv").write_text("what was there before")
    archive.served["view_party.csv"] = TABLE[:-1]
    with pytest.raises(TableError, match="WC545"):
        fetch(PARLGOV, tmp_path, archive.address)
    assert (tmp_path / "view_party.csv").read_text() == "what was there before"
    assert not list(tmp_path.glob(".*part"))


@pytest.mark.parametrize("name", ["SHA-1", "SHA-256", "SHA-512"])
def test_other_checksums(archive: Archive, tmp_path: Path, name: str) -> None:
    archive.algorithm = (name, getattr(hashlib, name.replace("-", "").lower()))
    assert len(fetch(PARLGOV, tmp_path, archive.address)) == 1


def test_an_unknown_checksum(archive: Archive, tmp_path: Path) -> None:
    archive.algorithm = ("CRC32", hashlib.md5)
    with pytest.raises(TableError, match=r"WC545.*CRC32"):
        fetch(PARLGOV, tmp_path, archive.address)


def test_zip_files_are_unpacked_without_their_folders(archive: Archive, tmp_path: Path) -> None:
    archive.files = {"release.zip": zipped(data__view_party_csv=TABLE, up__up__evil_csv=b"x,y\n1,2\n", readme=b"-")}
    folder = tmp_path / "inside"
    kept = fetch(PARLGOV, folder, archive.address)
    assert sorted(file.name for file in kept) == ["evil.csv", "view_party.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inside"]


def test_a_zip_that_is_none(archive: Archive, tmp_path: Path) -> None:
    archive.files = {"release.zip": b"not a zip"}
    with pytest.raises(TableError, match=r"WC545.*unpacked"):
        fetch(PARLGOV, tmp_path, archive.address)


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'{"data": [{"dataFile": {}}]}', b'{"data": []}'])
def test_answers_that_are_no_list(archive: Archive, tmp_path: Path, answer: bytes) -> None:
    archive.answer = answer
    with pytest.raises(TableError, match="WC544"):
        fetch(PARLGOV, tmp_path, archive.address)


def test_no_network(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"WC544.*network"):
        fetch(PARLGOV, tmp_path, "http://127.0.0.1:9")
    with pytest.raises(TableError, match=r"WC544.*web address"):
        fetch(replace(PARLGOV, archive="file:///etc"), tmp_path)


def test_a_changed_file_is_told(archive: Archive, tmp_path: Path) -> None:
    fetch(PARLGOV, tmp_path, archive.address)
    (tmp_path / "view_party.csv").write_text("changed")
    with pytest.raises(TableError, match=r"WC545.*differs"):
        check(tmp_path)
    (tmp_path / "view_party.csv").unlink()
    with pytest.raises(TableError, match=r"WC545.*missing"):
        check(tmp_path)
    with pytest.raises(TableError, match="WC540"):
        check(tmp_path / "nowhere")


def test_the_commands(archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "parlgov")
    assert main(["data", "fetch", "parlgov", "--to", folder, "--from", archive.address, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["name"] == "view_party.csv"
    assert main(["data", "check", folder]) == 0
    assert main(["data", "list", "--json"]) == 0
    capsys.readouterr()
    assert main(["data", "fetch", "polls"]) == 2
    assert "WC546" in capsys.readouterr().err
