"""Work queues of coding: what is found, who is asked, what closes by itself."""
