"""ExportTableToPointInTime: what a table held at a time, or what changed in it within a window, as files in S3."""
