"""Execution of a plan: trial after trial, each verified."""
