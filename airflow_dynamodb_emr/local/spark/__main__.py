"""`python -m airflow_dynamodb_emr.local.spark ARGUMENT...`: what `spark-submit` is on the stand-in's nodes."""

from __future__ import annotations

import sys

from airflow_dynamodb_emr.local.spark.command import main

sys.exit(main())
