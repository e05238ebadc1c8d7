"""EMR: clusters that start, run their steps as real processes, ship logs and end."""
