"""Excel files hold what they were given, and nothing in them is ever run."""

import datetime as dt
import io

from python_calamine import CalamineWorkbook

from liandong.core.sheets import Sheet, sheets_file


def test_numbers_and_days_stay_and_everything_else_is_text():
    rows = [["=1+1", 3, dt.date(2026, 6, 10), None], ["http://x.example", 2.5, "007", ""]]
    answer = sheets_file("名册", Sheet("清单", rows, ("甲", "乙", "丙", "丁"), (18,)), Sheet("说明", [("口径", "每人一次")]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.get_sheet_by_name("清单").to_python() == [
        ["甲", "乙", "丙", "丁"],
        ["=1+1", 3.0, dt.date(2026, 6, 10), ""],
        ["http://x.example", 2.5, "007", ""],
    ]
    assert (book.sheet_names, book.get_sheet_by_name("说明").to_python()) == (["清单", "说明"], [["口径", "每人一次"]])
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
