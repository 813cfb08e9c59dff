"""The explorer: a web page on this machine through which a crisis and its runs can be looked into.

It holds no logic of its own: pages ask the report and the questions, and show what they say.
"""

from __future__ import annotations
