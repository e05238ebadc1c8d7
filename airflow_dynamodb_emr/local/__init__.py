"""A stand-in for AWS on one machine, for the demo and the tests. Nothing else imports it.

`server.py` is its process and `process.py` starts one. Every request comes in by `http/`; those for `dynamodb/`, `autoscaling/` and `emr/` go to
one set of services a region (`regions.py`), the others to moto. A step of `emr/` runs `connector/`. `fleet/` is what is there from the start.
`knobs.py` says how fast it all goes, `faults.py` what goes wrong. The rest runs the DAGs on it: `demo.py`, `ui.py`, `airflow.py`, `run_dags.py`.
"""
