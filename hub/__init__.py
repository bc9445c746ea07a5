"""The room of a talk: phones that draw, a projector that shows, and what lies between."""
