"""Probes of faults: a step, a service or all processes are killed while runs are midway."""
