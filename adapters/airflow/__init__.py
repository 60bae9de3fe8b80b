"""Workloads as Airflow DAGs."""
