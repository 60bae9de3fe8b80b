"""Report as one HTML page, or as a site with a page for each framework.

A page is self-contained and fetches nothing; its content security policy forbids it. Everything can
be read without a script, which only serves to change weights and constraints.
"""

from harness.report.html.page import render
from harness.report.html.site import FRONT, site

__all__ = ["FRONT", "render", "site"]
