"""Who serves where and when, and which plan, hours, place and money together meet a need: rosters, packages, draws, turns."""
