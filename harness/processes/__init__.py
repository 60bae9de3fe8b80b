"""Child processes: started, supervised, measured, and ended with all their descendants."""
