"""ImportTable: a new table made of files in S3. What AWS' reference does not say was measured by others: https://github.com/scylladb/scylladb/pull/31619."""
