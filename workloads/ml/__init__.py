"""Parts of the churn workload's steps: one idea a module, independent of every framework."""
