"""What a conversation about a draft reads, does and answers; agent/chat.py leads it."""
