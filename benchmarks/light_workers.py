"""Workers of a simulated fleet that only speak: they register, beat, take orders, answer at once, and compute nothing.

A thousand of Dask's own workers do not fit this machine beside their scheduler. These have one stream and one address
each, and the same messages for orders, answers, beats and fetched results; but they answer faster, so that the
scheduler takes several at a time. All of a process listen at one port, each under a loopback address of its own.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import time
from functools import partial
from typing import Any

from distributed.batched import BatchedSend
from distributed.core import Server, Status, connect, rpc
from distributed.protocol import to_serialize
from distributed.worker import Worker, run
from tornado.ioloop import IOLoop

SIZE = 64  # bytes that an answer is said to have
SET = pickle.dumps(bytes)


class Host:
    """What the workers of one process share: the port at which results are fetched, and those results."""

    def __init__(self, scheduler: str, part: int) -> None:
        self.scheduler, self.part = scheduler, part
        self.kept: dict[str, bytes] = {}
        self.server = Server({"get_data": self.get_data, "free_keys": self.free_keys})
        self.server.handlers["run"] = partial(run, self.server)
        self.metrics: dict[str, Any] = {}

    async def start(self) -> None:
        """Listen, and see what a real worker says of itself when it beats."""
        await self.server.listen("tcp://0.0.0.0:0")
        self.port = self.server.port
        one = await Worker(self.scheduler, nthreads=1, dashboard=False, memory_limit=0, name=f"real-{self.part}")
        self.metrics, self.extra = await one.get_metrics(), await one.get_startup_information()
        await one.close()

    async def get_data(self, comm: Any, keys: Any, who: Any = None, serializers: Any = None, **_: Any) -> Any:  # noqa: ARG002
        """Results for who fetches them."""
        found = {key: to_serialize(self.kept[key]) for key in keys if key in self.kept}
        await comm.write({"status": "OK", "data": found}, serializers=serializers)
        await comm.read()
        return Status.dont_reply

    async def free_keys(self, *_: Any, **__: Any) -> str:
        """Nothing of note."""
        return "OK"


async def worker(host: Host, number: int) -> None:
    """One worker until its scheduler is gone."""
    address = f"tcp://127.{host.part + 1}.{number // 250}.{number % 250 + 1}:{host.port}"
    comm = await connect(host.scheduler)
    await comm.write(
        {
            "op": "register-worker", "reply": False, "address": address, "status": "running", "nthreads": 1,
            "name": f"{host.part}-{number}", "now": time.time(), "resources": {}, "memory_limit": None,
            "local_directory": "/tmp", "services": {}, "nanny": None, "pid": os.getpid(), "versions": {},
            "metrics": host.metrics, "extra": host.extra, "stimulus_id": f"connect-{time.time()}",
            "server_id": f"light-{host.part}-{number}",
        },
        serializers=["msgpack"],
    )  # fmt: skip
    said = await comm.read(deserializers=["msgpack"])
    if said["status"] != "OK":
        raise RuntimeError(said)
    stream = BatchedSend(interval="2ms", loop=IOLoop.current())
    stream.start(comm)
    beating = asyncio.ensure_future(beat(host, address, said["heartbeat-interval"]))
    try:
        held = False
        while True:
            for message in await comm.read():
                if message.get("op") == "compute-task":
                    answer(host, stream, message, held)
                    held = True
                elif message.get("op") == "free-keys":
                    for key in message["keys"]:
                        host.kept.pop(key, None)
    except OSError:
        beating.cancel()


def answer(host: Host, stream: BatchedSend, message: dict[str, Any], held: bool) -> None:
    """Say that an order is done; its answer is its place. held: whether the worker has had the job before."""
    key, stimulus = message["key"], f"done-{time.time()}"
    name, _, end = key.rpartition("-")
    if end == "job":
        host.kept[key] = b"job"
    else:
        host.kept[key] = pickle.dumps(("answer", int(name.rpartition("-")[2]), [], []))
        if not held:  # as a worker that has fetched it from another
            stream.send({"op": "add-keys", "keys": list(message.get("who_has", {})), "stimulus_id": stimulus})
    now = time.time()
    stream.send(
        {
            "op": "task-finished", "status": "OK", "key": key, "run_id": message["run_id"], "nbytes": SIZE, "type": SET,
            "typename": "bytes", "metadata": {}, "thread": 1, "stimulus_id": stimulus,
            "startstops": [{"action": "compute", "start": now - 1e-4, "stop": now}],
        }
    )  # fmt: skip


async def beat(host: Host, address: str, interval: float) -> None:
    """Say every so often that the worker is there, as often as the scheduler asks."""
    await asyncio.sleep(interval * (hash(address) % 100) / 100)
    async with rpc(host.scheduler) as scheduler:
        while True:
            said = await scheduler.heartbeat_worker(
                address=address, now=time.time(), metrics=host.metrics, executing={}, extensions={}
            )
            interval = said.get("heartbeat-interval", interval)
            await asyncio.sleep(interval)


async def fleet(scheduler: str, part: int, workers: int) -> None:
    """So many workers in this process."""
    import logging

    logging.disable(logging.CRITICAL)
    host = Host(scheduler, part)
    await host.start()
    gang = []
    for number in range(workers):
        gang.append(asyncio.ensure_future(worker(host, number)))
        if number % 20 == 19:
            await asyncio.sleep(0.05)
    await asyncio.gather(*gang)
