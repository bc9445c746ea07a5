"""The parts of the Train page, and the trainings themselves."""
