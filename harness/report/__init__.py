"""Reports: one document of a run's data, and a renderer for each format."""
