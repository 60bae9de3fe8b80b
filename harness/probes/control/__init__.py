"""Control flow: what shapes a run can take while it runs."""
