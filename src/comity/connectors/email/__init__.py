"""E-mail: IMAP and a receiver of our own in, SMTP out."""
