"""AWS's own software that runs on one machine: what tests hold this package against, and what benchmarks measure it beside. Never shipped."""
