# Airflow's own image with this package and its stand-in for AWS in it; runs as that image's user, who is not root.
FROM apache/airflow:3.3.2

COPY --chown=airflow:root setup.cfg pyproject.toml README.md LICENSE /opt/airflow-dynamodb-emr/
COPY --chown=airflow:root airflow_dynamodb_emr /opt/airflow-dynamodb-emr/airflow_dynamodb_emr

# Naming Airflow's version keeps pip from changing it. The tests' lock files are not used here: the image holds many more providers, chosen to fit together.
RUN pip install --no-cache-dir "apache-airflow==${AIRFLOW_VERSION}" "/opt/airflow-dynamodb-emr[local]"

COPY --chown=airflow:root dags /opt/airflow/dags
