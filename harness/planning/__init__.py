"""Plans of runs: profiles, workloads, sizes, and a balanced order of trials."""
