"""`python -m whipcount`."""

from whipcount.cli import run

run()
