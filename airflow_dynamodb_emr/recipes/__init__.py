"""The DAGs, as recipes: settings in, DAG out. A DAG file is a call of one of these."""
