"""Files of `liandong solve`: read, checked line by line, answered. No database."""
