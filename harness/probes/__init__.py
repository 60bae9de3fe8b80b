"""Probes: small experiments on what a framework really does, one file for each.

A probe's judge looks at what its bodies recorded, and at what the framework says of itself only
where that is the question.
"""
