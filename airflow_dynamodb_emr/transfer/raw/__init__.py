"""The copy engine: items pass from DynamoDB to S3, and back, as the bytes they are on the wire; none is decoded.

All of it runs on the nodes of a cluster as well: Python 3.9, the standard library and botocore; msgspec and isal make it faster where they are.
"""
