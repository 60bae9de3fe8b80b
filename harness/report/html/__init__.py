"""A report as one HTML page, or as a site with a page for each framework.

A page holds all that it needs and asks nobody for anything; its policy forbids it to. Everything in
it can be read without a script: what runs is the turning of weights.
"""

from harness.report.html.page import render
from harness.report.html.site import FRONT, site

__all__ = ["FRONT", "render", "site"]
