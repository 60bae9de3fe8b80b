"""Steps: what is done around one step."""
