"""Kills real Airflow processes and ends runs at every step of spike, dump and reset, then looks whether any table differs from what it was."""
