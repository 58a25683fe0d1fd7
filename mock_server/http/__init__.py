"""How a request becomes a call and a fact becomes an answer; shared by every surface, knowing none of them."""
