"""Sentences of answers as people read them."""

from __future__ import annotations

import datetime as dt

from whipcount.text import speaking
from whipcount.text.dates import DayLabels
from whipcount.web.findings import dated


def test_dates_for_programs_become_dates_for_people() -> None:
    days = DayLabels(dt.date(2030, 3, 1), dt.date(2030, 5, 30), 1.0, None)
    assert dated("from 2030-03-07 on", days) == "from 7 March 2030 on"
    with speaking("ru"):
        assert dated("с 2030-03-07", days) == "с 7 марта 2030"
    for text in ("2030-13-07 is none", "12030-03-07", "run 2030"):
        assert dated(text, days) == text
