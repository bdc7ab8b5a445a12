"""Survey rounds: whom we ask, what, who answered, and the sentences of an answer that became needs."""
