"""Who is who: decisions about the accounts of people, and the commands that make them."""
