"""The one pool of workers: computations spread over processes or a cluster, for ensembles, questions and the explorer.

Who has work calls `spread` with a job and its orders; where they are computed (here, in processes of this machine, on
a cluster) is asked of the session and makes no difference to the answers.
"""

from __future__ import annotations

from .processes import Message, Report, Worker, memory_limited
from .spreading import AGAIN, spread, workers_of
from .work import Job, packed, tell, unpacked

__all__ = [
    "AGAIN", "Job", "Message", "Report", "Worker", "memory_limited", "packed", "spread", "tell", "unpacked",
    "workers_of",
]  # fmt: skip
