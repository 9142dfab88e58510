"""What is listed: organizations, their sites, what is given there and by whom. "Listing" names the package only."""
