"""Rosters, assignments, packages, draws and turns. Plain data in, plain data out: this package knows no Django and no database."""
