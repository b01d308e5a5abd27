"""The e-mail connector, tested with real mails and real mail servers."""
