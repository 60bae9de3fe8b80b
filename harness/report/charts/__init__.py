"""Charts: curves and intervals as data, rendered to SVG by Vega-Lite."""
