"""What can go wrong with a service."""


class ServiceError(RuntimeError):
    """A service did not become ready, refused, or died.

    The message names it, what it said last, and where its log is.
    """
