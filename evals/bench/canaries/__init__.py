"""Two tenants with planted canaries, and requests over every route: nothing of the one reaches the other."""
