"""Everything that a report is made from, read once and checked."""
