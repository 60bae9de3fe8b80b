"""Set-up of frameworks: environments made and checked, and the cost of that."""
