"""S3 server for tests."""
