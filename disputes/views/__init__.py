"""Pages of orders and cases. They ask selectors, act through services, and decide nothing themselves."""
