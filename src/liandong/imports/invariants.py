"""Promises about lists: no row is lost on the way, none goes in twice."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "IMPORT.rows",
    "Each row of a list that is in was taken, joined, known, refused or skipped, once",
    """SELECT id, rows_total, rows_done FROM imports_importrun
       WHERE state IN ('done', 'undoing', 'undone') AND (rows_done <> rows_total OR taken + joined + unchanged + refused + skipped <> rows_total)""",
)
invariant_sql(
    "IMPORT.effects",
    "Nothing was made twice by the same run",
    """SELECT run_id, model, object_id FROM imports_importeffect WHERE action = 'created' GROUP BY run_id, model, object_id HAVING count(*) > 1""",
)
