"""The parts of the Train page: what is chosen, how it goes, what comes of it."""
