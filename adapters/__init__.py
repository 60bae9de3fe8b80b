"""One folder an orchestrator: our translation of workloads into its native constructs."""
