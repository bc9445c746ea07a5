"""The Room page: the audience draws, and the projector shows what becomes of it."""
