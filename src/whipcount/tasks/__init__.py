"""What can be counted and asked, a file each, found without a list: `NAME.py` gives `whipcount.NAME` and its command.

A file here imports nothing heavy at its top, since every `--help` reads it; solvers are imported inside functions.
Files in the folders that WHIPCOUNT_TASKS names stand beside those shipped.
"""

import os

VARIABLE = "WHIPCOUNT_TASKS"

__path__ += [folder for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder]
