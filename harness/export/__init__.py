"""Export of a workload as a stand-alone project in a framework's own idiom."""
