"""When people and rooms are busy, without saying with what."""
