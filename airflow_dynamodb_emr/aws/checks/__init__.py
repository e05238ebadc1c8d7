"""`check`: each thing that a run needs, looked at one by one, and told with what to do about it."""
