"""Tables of reports, as data for any renderer."""
