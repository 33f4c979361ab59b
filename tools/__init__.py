"""Tools for those who change the project; nothing of the package needs them."""
