"""The same job by other means: what a queue costs when every deadline is a job of its own.

Each program here lets the same cases lapse, in one of two ways: with the floor's own SQL for one case, which was
written for these lapses and decides nothing, or with the house's own engine and writer, one case a transaction, as
somebody would who put one job a deadline into a queue. What differs from ours is then the queue, and that it takes one
at a time. They run in an environment of their own (`bench/peers/requirements.lock`) and speak a small protocol: `ready`
once everything is imported and connected, then for each line read (`schedule`, `work`) they do that and say `done`.
"""
