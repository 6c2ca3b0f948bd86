"""What people fill in about orders and cases. Forms know how to ask; what is right is decided by the services."""
