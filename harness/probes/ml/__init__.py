"""Machine learning: experiment tracking, models, lineage and serving."""
