"""Letters to the people of a contract: written with the change they tell, sent apart, switched off by each."""
