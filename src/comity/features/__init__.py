"""What the organisation can do with its conversations, beyond answering: each folder can be taken away."""
