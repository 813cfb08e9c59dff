"""Persons, seats, posts, facts and sources as spreadsheets, and back: historians work in them."""

from __future__ import annotations

from .exchange import Imported, export_sheets, import_sheets

__all__ = ["Imported", "export_sheets", "import_sheets"]
