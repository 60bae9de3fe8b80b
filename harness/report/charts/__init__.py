"""Charts: curves and intervals as data, drawn as SVG by a Vega-Lite engine."""
