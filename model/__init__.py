"""A second opinion on every case: the lifecycle written anew from the platforms' rules alone.

It shares no line, no table and no idea of its workings with `rules.engine`, so that the two can check each other.
Clocks are started and stopped by hand here, where the engine derives them from declarations.
"""
