"""Starts and stops the house: bootstrap, embedded servers, supervisor.

Nothing here imports an application of the house, and what runs before the virtual environment exists
(`python3 -m run`) uses the standard library only.
"""
