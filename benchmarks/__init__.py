"""What is measured, one file a benchmark; `make bench` runs them. Timings are never asserted in tests: they belong here."""
