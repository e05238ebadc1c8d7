"""What spark-submit starts; the rest of this package comes along in a zip."""

from __future__ import annotations

import sys

from airflow_dynamodb_emr.spark.program import main

if __name__ == "__main__":
    sys.exit(main())
