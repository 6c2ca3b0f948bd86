"""What notifications do: the relay tells, sending brings, the inbox is read."""
