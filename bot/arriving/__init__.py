"""What comes in: what people write and send, what the backend tells, each taken once, in order, and lost by nobody."""
