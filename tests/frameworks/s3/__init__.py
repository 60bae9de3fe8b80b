"""A server that speaks the protocol of S3, for tests."""
