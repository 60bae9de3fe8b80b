"""Selection of a framework: indicators on fixed bounds, criteria, a ranking and its uncertainty.

Pure: no module here reads runs, and no framework is treated by its name.
"""
