"""What was practised and when; nothing that was spoken."""
