"""Forms: what a page asks for; the rules of the trade are the services'."""
