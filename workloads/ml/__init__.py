"""What the churn workload's steps are made of: one idea a module, none knows of any framework."""
