"""The same job by other means: what a queue costs when every deadline is a job of its own.

Each program here opens the same cases' lapses with the floor's own SQL for one case, so what differs is the queue. They
run in an environment of their own (`bench/peers/requirements.lock`) and speak a small protocol: `ready` once
everything is imported and connected, then for each line read (`schedule`, `work`) they do that and say `done`.
"""
