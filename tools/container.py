"""Follow the Containerfile without a container engine: a Debian system in a folder, and its steps one by one by chroot.

    sudo python tools/container.py --base build/debian --root build/container [--target tested]

The base image of the file (`debian:SUITE-slim`) is made by debootstrap where the folder does not hold it yet. Every
step is run as it stands, in order and with the time it took; a step that fails ends it with its code. What comes last
is tried as `podman run` would: the entry point with a few commands, by the user of the file. Linux and root only.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MIRROR = "http://deb.debian.org/debian"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
TRIED = (["list"], ["power", "--weights", "4,3,2,1", "--quota", "6"], ["doctor"])


@dataclass
class Stage:
    """A stage of the file: what it starts from, its name ("" for the last), and its steps, word and rest."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Image:
    """What steps have settled: the folder of the system, environment, working folder, user, entry point."""

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    )
    folder: str = "/"
    user: str = "root"
    entry: list[str] = field(default_factory=list)


def stages(text: str) -> list[Stage]:
    """The stages of a Containerfile, in order."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    found: list[Stage] = []
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].steps.append((word, rest.strip()))
    return found


def wanted(found: list[Stage], target: str) -> list[Stage]:
    """The stages that the target is made of, the first one first; without a name the last stage."""
    named = {one.name: one for one in found if one.name}
    chain = [named[target] if target else found[-1]]
    while chain[0].base in named:
        chain.insert(0, named[chain[0].base])
    return chain


def debian(image: str, folder: Path) -> None:
    """Make the base image in the folder, unless it is there."""
    match = re.search(r"debian:([a-z]+)-slim$", image)
    if match is None:
        raise SystemExit(f"{image}: only debian:SUITE-slim can be made here")
    if not (folder / "etc" / "debian_version").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["debootstrap", "--variant=minbase", match[1], str(folder), MIRROR], check=True, stdout=2)


def copy_project(image: Image, source: Path) -> None:
    """`COPY . .`: what git knows of the project and .containerignore does not leave out."""
    ignored = [line.strip("/ \n") for line in (source / ".containerignore").read_text("utf-8").splitlines()]
    known = subprocess.run(["git", "ls-files", "-z"], cwd=source, check=True, capture_output=True, text=True).stdout
    for name in filter(None, known.split("\0")):
        if any(
            fnmatch.fnmatch(part, pattern) for pattern in filter(None, ignored) for part in (name, *name.split("/"))
        ):
            continue
        place = image.root / image.folder.strip("/") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, place)


def inside(image: Image, command: list[str]) -> int:
    """Run a command in the system; its code. /proc, /dev and this machine's certificates are lent to it."""
    root = shlex.quote(str(image.root))
    lent = [f"mount -t proc proc {root}/proc", f"mount --rbind /dev {root}/dev"]
    environment = dict(image.environment)
    if CERTIFICATES.exists():
        (image.root / "run" / "certificates.crt").touch()
        lent.append(f"mount --bind {CERTIFICATES} {root}/run/certificates.crt")
        environment |= {"PIP_CERT": "/run/certificates.crt", "SSL_CERT_FILE": "/run/certificates.crt"}
    home = "/root" if image.user == "root" else f"/home/{image.user}"
    words = ["env", "-i", f"HOME={home}", *(f"{name}={value}" for name, value in environment.items()), *command]
    chroot = shlex.join(["chroot", f"--userspec={image.user}:{image.user}", str(image.root), "sh", "-c"])
    script = f"cd {shlex.quote(image.folder)} && exec {shlex.join(words)}"
    whole = " && ".join([*lent, f"exec {chroot} {shlex.quote(script)}"])
    return subprocess.run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", whole], check=False).returncode


def step(image: Image, word: str, rest: str, source: Path) -> int:
    """Follow one step; the code with which it ended."""
    if word == "RUN":
        return inside(image, ["sh", "-c", rest])
    if word == "COPY":
        if rest != ". .":
            raise SystemExit(f"COPY {rest}: only COPY . . is known here")
        copy_project(image, source)
    elif word == "WORKDIR":
        image.folder = rest
        (image.root / rest.strip("/")).mkdir(parents=True, exist_ok=True)
    elif word == "ENV":
        name, _, value = rest.partition("=")
        given = value.strip('"')
        image.environment[name] = re.sub(r"\$(\w+)", lambda found: image.environment.get(found[1], ""), given)
    elif word == "USER":
        image.user = rest
    elif word in ("ENTRYPOINT", "CMD"):
        image.entry = json.loads(rest) if word == "ENTRYPOINT" else image.entry
    else:
        raise SystemExit(f"{word}: unknown here")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Follow the file; the code of the first step that failed, or 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--base", type=Path, default=PROJECT / "build" / "debian", help="the base image's folder")
    parser.add_argument("--root", type=Path, default=PROJECT / "build" / "container", help="where it is built")
    parser.add_argument("--source", type=Path, default=PROJECT, help="the clone that is copied")
    parser.add_argument("--target", default="", help="build this stage instead of the last one")
    asked = parser.parse_args(arguments)
    chain = wanted(stages((asked.source / "Containerfile").read_text("utf-8")), asked.target)
    debian(chain[0].base, asked.base)
    image = Image(asked.root.resolve())
    if image.root.exists():
        raise SystemExit(f"{image.root} is there already; remove it, or name another folder by --root")
    subprocess.run(["cp", "-a", "--reflink=auto", str(asked.base), str(image.root)], check=True)
    shutil.copy2("/etc/resolv.conf", image.root / "etc" / "resolv.conf")
    start = time.monotonic()
    for stage in chain:
        for word, rest in stage.steps:
            begun = time.monotonic()
            code = step(image, word, rest, asked.source)
            print(f"== {time.monotonic() - begun:7.1f} s  {word} {rest[:90]}", file=sys.stderr, flush=True)
            if code:
                return code
    print(f"== {time.monotonic() - start:7.1f} s in all", file=sys.stderr, flush=True)
    size = subprocess.run(["du", "-sm", str(image.root)], capture_output=True, text=True, check=True).stdout.split()[0]
    print(f"== {size} MB, of which the base has its own share", file=sys.stderr)
    for command in TRIED if image.entry else ():
        print(f"== {shlex.join([*image.entry, *command])}", file=sys.stderr, flush=True)
        if code := inside(image, [*image.entry, *command]):
            return code
    return 0


if __name__ == "__main__":
    if os.geteuid() != 0:
        raise SystemExit("chroot needs root")
    raise SystemExit(main())
