"""Steps: retries, timeouts, caching and limits of one step."""
