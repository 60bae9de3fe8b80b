"""Adapter of Apache Airflow: workloads as DAGs."""
