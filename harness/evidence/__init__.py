"""Evidence for the selection matrix: readings from runs, probes, sources and adapters."""
