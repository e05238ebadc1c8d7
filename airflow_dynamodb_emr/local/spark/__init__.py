"""Spark as the stand-in has it: Apache's own PySpark, on one machine."""
