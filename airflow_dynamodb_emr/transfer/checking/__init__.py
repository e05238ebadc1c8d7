"""Deep verification: reads every byte of a dump; counts, hashes, parses, looks at keys. At the speed of gunzip, in bounded memory."""

from airflow_dynamodb_emr.transfer.checking.checker import check as check
from airflow_dynamodb_emr.transfer.checking.crew import Access as Access
from airflow_dynamodb_emr.transfer.checking.exact import INCREMENT as INCREMENT
from airflow_dynamodb_emr.transfer.checking.found import Checked as Checked
from airflow_dynamodb_emr.transfer.checking.found import Found as Found
