"""The one reader of tables: files of every usual kind and Python's own tables, with the line of each row.

`read_table` gives a `Table`: named columns of cells, where each row stands, and remarks on what was left out and how
doubtful marks were read. A number that can be read in two ways is refused (WC519), never guessed.
"""

from .making import read_table
from .table import Remark, Table, fold

__all__ = ["Remark", "Table", "fold", "read_table"]
