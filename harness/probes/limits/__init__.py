"""Probes of limits: the largest sizes that a framework can run, and its failure beyond them."""
