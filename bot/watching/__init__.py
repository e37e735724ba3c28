"""How we are: what is counted, logged and felt, what is wrong, and what is found when somebody asks."""
