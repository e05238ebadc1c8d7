"""`python -m airflow_dynamodb_emr.local.connector CLASS ARGUMENT...`: what a step of the stand-in runs."""

from __future__ import annotations

import sys

from airflow_dynamodb_emr.local.connector.command import main

sys.exit(main())
