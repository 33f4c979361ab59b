"""How fast, how small and how real is the market? One file per question."""
