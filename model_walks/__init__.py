"""Random walks that lead the engine and the independent model through the same cases, and compare them."""
