"""Documentation: the pages, and the generator of the reference pages."""
