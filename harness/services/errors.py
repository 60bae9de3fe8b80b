"""Errors of services."""


class ServiceError(RuntimeError):
    """A service did not become ready, refused, or died.

    The message has its name, its last output and the path of its log.
    """
