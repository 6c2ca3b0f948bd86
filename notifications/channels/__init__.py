"""Ways to bring a notification to somebody who is not looking."""
