"""Environments made and checked, and what setting them up costs."""
