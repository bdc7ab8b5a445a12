"""Who else is about to serve the same people: the overlap radar, co-hosting, the share of each host."""
