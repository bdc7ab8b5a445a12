"""Visits to firms and homes: the plan, the notes, what was promised, and the sentences that became needs."""
