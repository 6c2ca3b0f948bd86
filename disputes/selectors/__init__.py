"""What may be read of cases and orders: frozen views, and the only doors to them."""
