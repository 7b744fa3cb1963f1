"""What the use cases need from the outside, as protocols that speak domain types only."""
