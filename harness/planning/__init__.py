"""Plans of runs: profiles, workloads, sizes, and a counterbalanced order of trials."""
