"""Operators, one verb a file."""
