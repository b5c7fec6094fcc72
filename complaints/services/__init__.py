"""What can be done with a complaint; each service is one sentence, one transaction, one journal entry."""
