"""Trials of the whole house under faults: commands of their own, with a short slice in the suite.

Each takes a seed, says what it did and what it found, and ends with `N passed, N failed`.
"""
