"""Native pipelines, as each framework's tutorial writes them; only the body is ours."""
