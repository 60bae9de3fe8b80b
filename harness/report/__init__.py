"""Reports: one view of a run's data, several renderers of it."""
