"""Tables of a report, as data that any renderer shows."""
