"""What the stand-in holds from the start: buckets, roles, the jar, and a fleet with one of every kind of table."""
