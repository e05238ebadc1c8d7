"""A table's settings: what of them a restore puts back, by which calls, and what it leaves out and why. Pure."""
