"""From readings to a choice: indicators on fixed bounds, criteria, a ranking and its uncertainty.

Pure: nothing in here but ``readings`` knows of runs, and nothing knows a framework by its name.
"""
