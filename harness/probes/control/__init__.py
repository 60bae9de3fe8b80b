"""Control flow: branches, loops, fan-outs and failures decided while a run is under way."""
