"""A certificate as foreign software reads it: signatures, DIDs, Open Badges 3.0, SD-JWT, status lists. Plain functions over plain data, no database, no Django models."""
