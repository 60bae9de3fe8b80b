"""Probes: small experiments on the real behaviour of frameworks, one file for each.

A probe's judge reads the events that its bodies recorded. It reads the framework's own report only
where that report is the question.
"""
