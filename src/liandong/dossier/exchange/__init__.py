"""The exchange format of dossiers: its fields, its checker, making a file and taking one in. `fields` and `checking` know no database."""
